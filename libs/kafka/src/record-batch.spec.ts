import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeBatch, encodeBatchByClient, type BatchFields } from './record-batch.js';
import { encodeRecord } from './record-encoding.js';

const require = createRequire(import.meta.url);
const { version } = require('kafkajs/package.json') as { version: string };
const Long = require('kafkajs/src/utils/long.js') as { fromValue: (text: string) => object };

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const fields: fc.Arbitrary<BatchFields> = fc.record({
  compression: fc.constantFrom(0, 0, 0, 1),
  firstOffset: int64.map((text) => Long.fromValue(text)),
  firstTimestamp: fc.oneof(fc.nat(), int64),
  maxTimestamp: fc.oneof(fc.nat(), int64),
  partitionLeaderEpoch: fc.integer(),
  lastOffsetDelta: fc.nat(1_000),
  transactional: fc.boolean(),
  producerId: fc.oneof(int64, int64.map((text) => Long.fromValue(text))),
  producerEpoch: fc.integer({ min: -32_768, max: 32_767 }),
  firstSequence: fc.integer(),
  records: fc.array(fc.nat(3_000), { maxLength: 20 }).map((sizes) => sizes.map((size, offsetDelta) => encodeRecord({ offsetDelta, key: `key-${size}`, value: Buffer.alloc(size, 'x') }))),
});

describe(encodeBatch.name, () => {
  it('knows this version of kafkajs; with another, read its batch encoder again', () => {
    expect(version).toBe('2.2.4');
  });

  it('writes the bytes that kafkajs writes', async () => {
    await fc.assert(
      fc.asyncProperty(fields, async (one) => {
        const [own, byClient] = [await encodeBatch(one), await encodeBatchByClient(one)];

        expect([own.buffer.equals(byClient.buffer), own.size()]).toEqual([true, byClient.size()]);
      }),
      { numRuns: 500 },
    );
  });

  it('writes what kafkajs writes of a batch that says nothing of itself', async () => {
    const times = { firstTimestamp: 1, maxTimestamp: 2 };

    expect((await encodeBatch(times)).buffer).toEqual((await encodeBatchByClient(times)).buffer);
  });

  it('is what kafkajs encodes batches with', () => {
    expect(require('kafkajs/src/protocol/recordBatch/v0/index.js')).toMatchObject({ RecordBatch: encodeBatch });
  });
});
