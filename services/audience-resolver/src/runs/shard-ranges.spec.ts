import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shardRanges } from './shard-ranges.js';

describe(shardRanges.name, () => {
  it('covers every bucket exactly once, whatever the size of the audience and the number of shards are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000_000 }), fc.integer({ min: 1, max: 2_000 }), (members, most) => {
        const ranges = shardRanges(members, most);

        const buckets = ranges.flatMap(({ firstBucket, lastBucket }) => Array.from({ length: lastBucket - firstBucket + 1 }, (_, index) => firstBucket + index));
        expect(buckets).toEqual(Array.from({ length: 1_024 }, (_, bucket) => bucket));
        expect(ranges.length).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('makes shards whose lengths differ by one bucket at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_024 }), (most) => {
        const lengths = shardRanges(100_000_000, most).map(({ firstBucket, lastBucket }) => lastBucket - firstBucket);

        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('gives one shard to a small audience and none to an empty one', () => {
    expect(shardRanges(3, 8)).toEqual([{ firstBucket: 0, lastBucket: 1_023 }]);
    expect(shardRanges(0, 8)).toEqual([]);
  });
});
