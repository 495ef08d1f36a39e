import { describe, expect, it } from '@jest/globals';
import { keptRateOf } from './kept-rate.js';

/** So many mails each second, evenly, from an arbitrary moment on. */
const arrivals = (...perSecond: number[]): number[] =>
  perSecond.flatMap((mails, second) => Array.from({ length: mails }, (_, i) => 7_000_000 + second * 1e6 + Math.floor((i * 1e6) / mails)));

describe(keptRateOf.name, () => {
  it('counts from the first mail on, whatever the order, and leaves out what came after the window', () => {
    const kept = keptRateOf(arrivals(100, 104, 96, 500).toReversed(), 3, 100);

    expect(kept).toEqual({ perSecond: 100, deviation: 0, slowest: 96, fastest: 104, series: [[0, 100], [1, 104], [2, 96]] });
  });

  it('says how far it is from what was asked for, and shows seconds without a mail', () => {
    expect(keptRateOf(arrivals(100, 0), 2, 100)).toMatchObject({ deviation: -0.5, slowest: 0 });
    expect(keptRateOf(arrivals(103), 1, 100).deviation).toBe(0.03);
  });

  it('is no rate at all where no mail came', () => {
    expect(keptRateOf([], 2, 100)).toMatchObject({ perSecond: 0, deviation: -1 });
  });
});
