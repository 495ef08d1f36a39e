import { describe, expect, it } from '@jest/globals';
import { schemaDescribes } from './schema-paths.js';

const schema = {
  type: 'object',
  properties: {
    order: {
      type: 'object',
      properties: { id: { type: 'integer' }, lines: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } } },
      additionalProperties: false,
    },
    free: { type: 'object' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    either: { anyOf: [{ type: 'string' }, { type: 'object' }] },
    note: { type: 'string' },
  },
};

describe(schemaDescribes.name, () => {
  it.each(['order', 'order.id', 'order.lines', 'order.lines.name', 'order.lines.0.name', 'order.lines.*.name', 'order.lines.size', 'note.size', 'free.anything.below', 'labels.any', 'either.x', 'note'])(
    'finds a place for %s',
    (path) => {
      expect(schemaDescribes(schema, path)).toBe(true);
    },
  );

  it.each(['missing', 'order.total', 'order.lines.price', 'order.id.x', 'note.length', 'labels.any.deeper', '__proto__', 'constructor'])('finds none for %s', (path) => {
    expect(schemaDescribes(schema, path)).toBe(false);
  });

  it('takes a schema of true for anything and of false for nothing', () => {
    expect(schemaDescribes(true, 'a.b')).toBe(true);
    expect(schemaDescribes(false, 'a')).toBe(false);
  });
});
