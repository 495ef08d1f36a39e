import { describe, expect, it } from '@jest/globals';
import { executionStatusOf } from './message-state.js';

const NONE = { targeted: 2, sent: 0, failed: 0, excluded: 0, expired: 0, cancelled: 0, unknown: 0, pending: 0 };

describe(executionStatusOf.name, () => {
  it.each([
    ['InProgress', { sent: 1, pending: 1 }],
    ['Succeeded', { sent: 1, failed: 1 }],
    ['Failed', { failed: 1, excluded: 1 }],
    ['Succeeded', { excluded: 2 }],
  ] as const)('is %s for %j', (word, some) => {
    expect(executionStatusOf({ ...NONE, ...some })).toBe(word);
  });
});
