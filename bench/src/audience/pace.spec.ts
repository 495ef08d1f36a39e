import { describe, expect, it } from '@jest/globals';
import { paceOf } from './pace.js';

describe(paceOf.name, () => {
  it('says an even pace as even, whatever the order', () => {
    const times = Float64Array.from({ length: 1_000 }, (_, i) => 10_000 + ((i * 7) % 1_000));

    const pace = paceOf(times, 9_500);

    expect(pace).toMatchObject({ count: 1_000, perSecond: 1_000, firstAfterMs: 500, firstTenthPerSecond: 1_000, lastTenthPerSecond: 1_000, lastOfFirst: 1 });
    expect(pace.series).toEqual([[0, 1_000]]);
  });

  it('sees a last tenth that is half as fast', () => {
    const times = Float64Array.from({ length: 1_001 }, (_, i) => (i <= 900 ? i : 900 + (i - 900) * 2));

    expect(paceOf(times, 0)).toMatchObject({ firstTenthPerSecond: 1_000, lastTenthPerSecond: 500, lastOfFirst: 0.5, seconds: 1.1 });
  });

  it('has no rate of nothing', () => {
    expect(paceOf(new Float64Array(0), 0)).toMatchObject({ count: 0, perSecond: 0, lastOfFirst: 0 });
  });
});
