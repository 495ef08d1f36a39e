import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EncoderClass, type Encoder } from './request-encoding.js';

const content = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.nat(3_000).map((size) => new Uint8Array(size).fill(7))).map((bytes) => Buffer.from(bytes));

const encoderOf = (bytes: Buffer): Encoder => new EncoderClass().writeBytes(bytes);
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const framed = (bytes: Buffer): Buffer => Buffer.concat([int32(bytes.length), bytes]);

describe('an encoder of kafkajs that refers to what is large', () => {
  it('holds what was written, in its order, whatever the sizes are', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 30 }), (parts) => {
        const encoder = new EncoderClass();

        for (const part of parts) encoder.writeInt32(7).writeBytes(part).writeEncoder(encoderOf(part));
        const expected = Buffer.concat(parts.flatMap((part) => [int32(7), framed(part), framed(part)]));

        expect(encoder.size()).toBe(expected.length);
        expect(encoder.buffer.equals(expected)).toBe(true);
        expect(encoder.writeInt32(8).buffer.equals(Buffer.concat([expected, int32(8)]))).toBe(true);
      }),
    );
  });

  it('writes arrays of encoders, typed or not, and of full buffers', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 30 }), fc.constantFrom(undefined, 'object'), (parts, type) => {
        const expected = Buffer.concat([int32(parts.length), ...parts.map(framed)]);

        expect(new EncoderClass().writeArray(parts.map(encoderOf), type).buffer.equals(expected)).toBe(true);
        expect(new EncoderClass().writeArray(parts.map((part) => ({ buf: framed(part), buffer: framed(part) })), type).buffer.equals(expected)).toBe(true);
      }),
    );
  });

  it('leaves other arrays to kafkajs, and refuses what is no encoder', () => {
    expect(new EncoderClass().writeArray([1, 2]).buffer).toEqual(Buffer.concat([int32(2), int32(1), int32(2)]));
    expect(new EncoderClass().writeArray([], undefined, -1).buffer).toEqual(int32(-1));
    expect(() => new EncoderClass().writeEncoderArray([{} as Encoder])).toThrow('instance of Encoder');
    expect(() => new EncoderClass().writeEncoder({} as Encoder)).toThrow('instance of Encoder');
  });

  it('goes through any number of levels without a copy of what is large', () => {
    const large = Buffer.alloc(10_000, 'x');
    const inner = encoderOf(large);
    const outer = new EncoderClass().writeInt32(1).writeEncoder(new EncoderClass().writeArray([inner]));

    expect(outer.pieces).toContain(large);
    expect(outer.buffer).toEqual(Buffer.concat([int32(1), int32(1), framed(large)]));
  });
});
