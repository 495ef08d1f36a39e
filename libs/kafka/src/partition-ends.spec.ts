import { describe, expect, it } from '@jest/globals';
import { PartitionEnds } from './partition-ends.js';

describe(PartitionEnds.name, () => {
  it('is reached at once by an empty topic', async () => {
    const ends = new PartitionEnds();

    ends.expect([{ partition: 0, low: '7', high: '7' }]);

    await expect(ends.reached).resolves.toBeUndefined();
  });

  it('is reached when each partition was read to where it ended at the start', () => {
    const ends = new PartitionEnds();
    ends.expect([{ partition: 0, low: '0', high: '5' }, { partition: 1, low: '0', high: '2' }]);

    ends.reach(0, 5n);
    ends.reach(1, 1n);
    const early = ends.areReached;
    ends.reach(1, 2n);

    expect([early, ends.areReached]).toEqual([false, true]);
  });

  it('is reached by a fetch that brings nothing, where the last records were compacted away', () => {
    const ends = new PartitionEnds();
    ends.expect([{ partition: 0, low: '0', high: '5' }]);

    ends.reach(0);

    expect(ends.areReached).toBe(true);
  });

  it('is not reached before it is known where the ends are', () => {
    const ends = new PartitionEnds();

    ends.reach(0);

    expect(ends.areReached).toBe(false);
  });
});
