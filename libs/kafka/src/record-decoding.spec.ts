import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeByClient, decodeRecord, type BatchContext, type RecordBytes } from './record-decoding.js';
import { encodeByClient, type RecordFields } from './record-encoding.js';

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => RecordBytes & { readVarIntBytes: () => Buffer };
const { version } = require('kafkajs/package.json') as { version: string };

const content = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)));
const fields: fc.Arbitrary<RecordFields> = fc.record({
  offsetDelta: fc.oneof(fc.nat(2_000), fc.nat(2 ** 31 - 1)),
  timestampDelta: fc.oneof(fc.constant(0), fc.nat(100_000), fc.maxSafeInteger().map((ms) => ms / 1_000).map(Math.round)),
  key: fc.option(content),
  value: fc.option(fc.oneof(content, fc.constantFrom(63, 64, 8_191, 8_192).map((size) => Buffer.alloc(size, 'x')))),
  headers: fc.dictionary(fc.string().filter((name) => !(name in Object.prototype)), fc.oneof(content, content, fc.array(content, { maxLength: 3 })), { maxKeys: 10, noNullPrototype: true }),
});
const batches: fc.Arbitrary<BatchContext> = fc.record({
  firstOffset: fc.oneof(fc.nat(1e9), fc.bigInt(0n, 2n ** 62n)).map(String),
  firstTimestamp: fc.oneof(fc.constant(-1), fc.date({ noInvalidDate: true }).map((date) => date.getTime())).map(String),
  maxTimestamp: fc.constantFrom('', '1795868666737'),
  magicByte: fc.constant(2),
  timestampType: fc.constantFrom(0, 1),
  isControlBatch: fc.boolean(),
});

/** As kafkajs calls it, with the bytes behind the length; as JSON, which is quicker to compare. */
const decoded = (decode: typeof decodeRecord, bytes: Buffer, batch: BatchContext): string => {
  const { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext } = decode(new Decoder(new Decoder(bytes).readVarIntBytes()), batch) as Record<string, unknown>;
  return JSON.stringify({ magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext });
};

describe(decodeRecord.name, () => {
  it('knows this version of kafkajs; with another, read its record decoder again', () => {
    expect(version).toBe('2.2.4');
  });

  it('makes the records that kafkajs makes', () => {
    fc.assert(
      fc.property(fields, batches, (one, batch) => {
        const { buffer } = encodeByClient(one);
        expect(decoded(decodeRecord, buffer, batch)).toBe(decoded(decodeByClient, buffer, batch));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])('has a header whose name objects inherit: %s', (name) => {
    const { buffer } = encodeByClient({ headers: Object.fromEntries([[name, 'a'], ['ce_id', 'b']]) });

    const { headers } = decodeRecord(new Decoder(new Decoder(buffer).readVarIntBytes()), {
      firstOffset: '0', firstTimestamp: '0', maxTimestamp: '0', magicByte: 2, timestampType: 0,
    }) as { headers: object };

    expect(Object.entries(headers)).toEqual([[name, Buffer.from('a')], ['ce_id', Buffer.from('b')]]);
  });

  it('answers the same headers each time', () => {
    const record = decodeRecord(new Decoder(new Decoder(encodeByClient({ headers: { ce_id: 'a' } }).buffer).readVarIntBytes()), {
      firstOffset: '0', firstTimestamp: '0', maxTimestamp: '0', magicByte: 2, timestampType: 0,
    }) as { headers: object };

    expect(record.headers).toBe(record.headers);
    expect(record.headers).toEqual({ ce_id: Buffer.from('a') });
  });
});
