import { describe, expect, it } from '@jest/globals';
import { ALL_MESSAGES, topicsOf } from './index.js';

describe('contracts', () => {
  it.each(ALL_MESSAGES.map((contract) => [contract.topic, contract] as const))('%s has an example that its schema accepts', (_topic, contract) => {
    const parsed = contract.payload.parse(contract.example);

    expect(parsed).toEqual(contract.example);
    expect(contract.key(parsed)).not.toBe('');
    expect(contract.id(parsed)).not.toBe('');
  });

  it('names every topic <owner>.<fact>[.<lane>].v<n>, each once', () => {
    const topics = ALL_MESSAGES.flatMap((contract) => topicsOf(contract));

    expect(new Set(topics).size).toBe(topics.length);
    for (const topic of topics) expect(topic).toMatch(/^[a-z]+\.[a-z-]+(\.transactional|\.bulk)?\.v\d+$/);
  });
});
