import { describe, expect, it } from '@jest/globals';
import { PartitionQueues } from './partition-queues.js';

describe(PartitionQueues.name, () => {
  it('merges what waits in several partitions, in the order of each', () => {
    const queues = new PartitionQueues<string>();
    queues.add(0, ['a1', 'a2']);
    queues.add(1, ['b1']);
    queues.add(0, ['a3']);

    expect(queues.take(10)).toEqual([{ partition: 0, items: ['a1', 'a2', 'a3'] }, { partition: 1, items: ['b1'] }]);
    expect(queues.waiting).toBe(0);
  });

  it('gives no more than was asked for, and the rest later', () => {
    const queues = new PartitionQueues<number>();
    queues.add(0, [1, 2, 3]);

    const first = queues.take(2);
    queues.release(0);

    expect(first).toEqual([{ partition: 0, items: [1, 2] }]);
    expect(queues.take(2)).toEqual([{ partition: 0, items: [3] }]);
  });

  it('gives nothing of a partition of which something is out', () => {
    const queues = new PartitionQueues<number>();
    queues.add(0, [1]);
    queues.take(10);
    queues.add(0, [2]);
    queues.add(1, [3]);

    expect(queues.take(10)).toEqual([{ partition: 1, items: [3] }]);
    expect(queues.waiting).toBe(1);
  });

  it('serves the partition that waited longest first', () => {
    const queues = new PartitionQueues<number>();
    queues.add(0, [1, 2, 3]);
    queues.add(1, [4]);
    queues.take(1);
    queues.release(0);

    expect(queues.take(1)).toEqual([{ partition: 1, items: [4] }]);
  });
});
