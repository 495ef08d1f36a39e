import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import kafkajs, { type PartitionMetadata } from 'kafkajs';
import { createPartitioner } from './partitioner.js';

const partitions = (count: number): PartitionMetadata[] =>
  Array.from({ length: count }, (_, partitionId) => ({ partitionErrorCode: 0, partitionId, leader: 1, replicas: [1], isr: [1] }));

describe(createPartitioner.name, () => {
  const [own, byClient] = [createPartitioner(), kafkajs.Partitioners.DefaultPartitioner()];

  it('chooses what kafkajs chooses, whatever the key is', () => {
    const text = fc.string({ unit: 'binary', maxLength: 70 });
    const key = fc.oneof(text, fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes)), fc.stringMatching(/^[0-9a-f]{32}$/));
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 100 }), (chosen, count) => {
        const choice = { topic: 'spec', partitionMetadata: partitions(count), message: { key: chosen, value: null } };

        expect(own(choice)).toBe(byClient(choice));
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps to a partition that is given, and spreads what has no key', () => {
    const partitionMetadata = partitions(3);

    const given = own({ topic: 'spec', partitionMetadata, message: { key: 'a', value: null, partition: 2 } });
    const spread = new Set(Array.from({ length: 3 }, () => own({ topic: 'spec', partitionMetadata, message: { value: null } })));

    expect(given).toBe(2);
    expect(spread.size).toBe(3);
  });
});
