import { describe, expect, it } from '@jest/globals';
import { findMax, isHeld } from './find-max.js';
import type { RunResult } from './run.js';

const result = (rate: number, capacity: number): RunResult =>
  ({ refused: 0, ledger: { balanced: true }, sink: { p99: rate <= capacity ? 100 : 4_000 }, lagAtEnd: 0, offeredPerSecond: rate }) as unknown as RunResult;

describe(findMax.name, () => {
  it.each([150, 700, 1_000, 1_730, 6_400])('closes in on a capacity of %d from below', async (capacity) => {
    const found = await findMax({ from: 1_000, precision: 0.05 }, async (rate) => isHeld(result(rate, capacity)));

    expect(found).toBeLessThanOrEqual(capacity);
    expect(found).toBeGreaterThan(capacity * 0.9);
  });

  it('gives up when nothing is held', async () => {
    expect(await findMax({ from: 1_000, precision: 0.05 }, async (rate) => isHeld(result(rate, 0)))).toBe(0);
  });
});

describe(isHeld.name, () => {
  it('does not count a rate at which calls were refused', () => {
    expect(isHeld({ ...result(1, 2), refused: 1 })).toBe(false);
  });
});
