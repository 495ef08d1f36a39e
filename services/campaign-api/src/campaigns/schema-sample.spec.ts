import { describe, expect, it } from '@jest/globals';
import { sampleOf } from './schema-sample.js';

describe(sampleOf.name, () => {
  it('makes a value of each type, and prefers what the schema gives', () => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string' }, count: { type: 'integer' }, paid: { type: 'boolean' }, tags: { type: 'array', items: { type: 'string' } },
        currency: { enum: ['EUR', 'USD'] }, city: { type: 'string', examples: ['Oslo'] }, maybe: { type: ['string', 'null'] }, open: {},
      },
    };

    const sample = sampleOf(schema);

    expect(sample).toEqual({ name: 'text', count: 1, paid: true, tags: ['text'], currency: 'EUR', city: 'Oslo', maybe: 'text', open: 'text' });
  });

  it('ends in a schema that goes on for ever', () => {
    const schema: Record<string, unknown> = { type: 'object' };
    schema['properties'] = { next: schema };

    expect(JSON.stringify(sampleOf(schema))).toContain('"next":"text"');
  });
});
