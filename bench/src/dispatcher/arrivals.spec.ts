import { describe, expect, it } from '@jest/globals';
import { arrivalsOf } from './arrivals.js';

describe(arrivalsOf.name, () => {
  it('counts from the first mail to the last, in whatever order they were written', () => {
    const mails = Array.from({ length: 101 }, (_, i) => ({ at: 5_000_000 + ((i * 37) % 101) * 20_000, messageId: `m${i}` }));

    const { count, seconds, perSecond, series } = arrivalsOf(mails);

    expect({ count, seconds, perSecond }).toEqual({ count: 101, seconds: 2, perSecond: 50 });
    expect(series).toEqual([[0, 50], [0.5, 50], [1, 50], [1.5, 50]]);
  });

  it.each([0, 1])('has no rate for %d mails', (count) => {
    expect(arrivalsOf(Array.from({ length: count }, () => ({ at: 1, messageId: 'm' }))).perSecond).toBe(0);
  });
});
