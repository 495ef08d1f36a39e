import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeByClient, encodeRecord, type RecordFields } from './record-encoding.js';

const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string };

const content = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)));
const fields: fc.Arbitrary<RecordFields> = fc.record({
  offsetDelta: fc.nat(2_000),
  timestampDelta: fc.constantFrom(0, 0, 0, 7),
  key: fc.option(content),
  value: fc.option(fc.oneof(content, fc.nat(40_000).map((size) => Buffer.alloc(size, 'x')))),
  headers: fc.dictionary(fc.string(), fc.oneof(content, content, fc.array(content, { maxLength: 2 })), { maxKeys: 10 }),
});

describe(encodeRecord.name, () => {
  it('knows this version of kafkajs; with another, read its record encoder again', () => {
    expect(version).toBe('2.2.4');
  });

  it('writes the bytes that kafkajs writes', () => {
    fc.assert(
      fc.property(fields, (one) => {
        expect(encodeRecord(one).buffer.equals(encodeByClient(one).buffer)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
