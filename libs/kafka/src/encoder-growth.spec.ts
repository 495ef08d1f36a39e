import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EncoderClass, type Encoder } from './encoder-growth.js';

const content = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.nat(3_000).map((size) => new Uint8Array(size).fill(7))).map((bytes) => Buffer.from(bytes));

const encoderOf = (bytes: Buffer): Encoder => new EncoderClass().writeBytes(bytes);
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const framed = (bytes: Buffer): Buffer => Buffer.concat([int32(bytes.length), bytes]);

describe('an encoder of kafkajs with other growth', () => {
  it('holds what was written, in its order, whatever the sizes are', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 30 }), (parts) => {
        const encoder = new EncoderClass();

        for (const part of parts) encoder.writeInt32(7).writeBytes(part).writeEncoder(encoderOf(part));

        expect(encoder.buffer).toEqual(Buffer.concat(parts.flatMap((part) => [int32(7), framed(part), framed(part)])));
      }),
    );
  });

  it('writes arrays of encoders, typed or not, and of full buffers', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 30 }), fc.constantFrom(undefined, 'object'), (parts, type) => {
        const expected = Buffer.concat([int32(parts.length), ...parts.map(framed)]);

        expect(new EncoderClass().writeArray(parts.map(encoderOf), type).buffer).toEqual(expected);
        expect(new EncoderClass().writeArray(parts.map((part) => ({ buf: framed(part), buffer: framed(part) })), type).buffer).toEqual(expected);
      }),
    );
  });

  it('leaves other arrays to kafkajs, and refuses what is no encoder', () => {
    expect(new EncoderClass().writeArray([1, 2]).buffer).toEqual(Buffer.concat([int32(2), int32(1), int32(2)]));
    expect(new EncoderClass().writeArray([], undefined, -1).buffer).toEqual(int32(-1));
    expect(() => new EncoderClass().writeEncoderArray([{} as Encoder])).toThrow('instance of Encoder');
  });
});
