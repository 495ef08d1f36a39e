import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.js';

describe(backoffMs.name, () => {
  it('doubles from 0.1 s to 10 s', () => {
    const middle = (): number => 0.5;

    expect([1, 2, 3, 7, 8, 500].map((attempt) => backoffMs(attempt, middle))).toEqual([100, 200, 400, 6_400, 10_000, 10_000]);
  });

  it('is spread by a fifth to both sides', () => {
    expect([backoffMs(1, () => 0), backoffMs(1, () => 1)]).toEqual([80, 120]);
  });
});
