import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checksum, checksumByClient } from './checksum.js';

describe(checksum.name, () => {
  it('is that of kafkajs, whatever the bytes are and wherever they begin', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(16), (bytes, from) => {
        const part = Buffer.from(bytes).subarray(from);

        expect(checksum(part)).toBe(checksumByClient(part));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is that of the examples of RFC 3720', () => {
    const ascending = Buffer.from(Array.from({ length: 32 }, (_, index) => index));

    expect([checksum(Buffer.alloc(32)), checksum(Buffer.alloc(32, 0xff)), checksum(ascending)]).toEqual([0x8a9136aa, 0x62a8ab43, 0x46dd794e]);
  });
});
