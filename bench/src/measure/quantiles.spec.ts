import { describe, expect, it } from '@jest/globals';
import { distributionOf, quantile } from './quantiles.js';

describe(quantile.name, () => {
  it('takes the nearest rank, whatever the order of the samples', () => {
    const samples = [5, 1, 4, 2, 3];

    expect([quantile(samples, 0), quantile(samples, 0.5), quantile(samples, 0.99), quantile(samples, 1)]).toEqual([1, 3, 5, 5]);
  });

  it('is not a number when there is nothing to rank', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe(distributionOf.name, () => {
  it('turns microseconds into milliseconds', () => {
    expect(distributionOf([1_234, 1_234])).toEqual({ p50: 1.23, p90: 1.23, p99: 1.23, max: 1.23 });
  });
});
