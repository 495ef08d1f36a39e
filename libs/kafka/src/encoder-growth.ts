/**
 * How the buffers of a request grow. kafkajs doubles them, from 512 bytes to a few megabytes, at each of the seven levels that a
 * record is copied through: most of the memory that a busy publisher takes, and a good part of its time.
 * Guarantee: the bytes are those that kafkajs writes; only the room that is made for them differs.
 * Limit: it takes the place of three methods of kafkajs 2.2.4's encoder. Its spec tells when they are not what they were.
 */
import { createRequire } from 'node:module';

/** What is read of an encoder; a record of `record-encoding` has no offset, being full. */
interface Encoded {
  buf: Buffer;
  offset?: number;
}

export interface Encoder extends Encoded {
  offset: number;
  readonly buffer: Buffer;
  ensureAvailable: (bytes: number) => void;
  writeInt32: (value: number) => Encoder;
  writeString: (value: string) => Encoder;
  writeBytes: (value: Buffer | string) => Encoder;
  writeEncoder: (value: Encoded) => Encoder;
  writeEncoderArray: (values: readonly Encoded[]) => Encoder;
  writeArray: (values: readonly unknown[], type?: string, length?: number) => Encoder;
}

const require = createRequire(import.meta.url);
export const EncoderClass = require('kafkajs/src/protocol/encoder.js') as { new (): Encoder; readonly prototype: Encoder };
const { writeArray: writeArrayByClient } = EncoderClass.prototype;

const isEncoded = (value: unknown): value is Encoded => Buffer.isBuffer((value as Encoded | null)?.buf);
const sizeOf = ({ buf, offset }: Encoded): number => offset ?? buf.length;

/** Room for a little more is room for twice as much as there was. */
function ensureAvailable(this: Encoder, bytes: number): void {
  const needed = this.offset + bytes;
  if (needed > this.buf.length) growTo(this, Math.max(needed, 2 * this.offset));
}

/** All of them into room that is made once: they are most of what there will be. */
function writeEncoderArray(this: Encoder, values: readonly Encoded[]): Encoder {
  if (!Array.isArray(values) || !values.every(isEncoded)) throw new Error('all values should be an instance of Encoder[]');
  let needed = this.offset;
  for (const value of values) needed += sizeOf(value);
  if (needed > this.buf.length) growTo(this, needed);
  for (const value of values) this.offset += value.buf.copy(this.buf, this.offset, 0, sizeOf(value));
  return this;
}

function growTo(encoder: Encoder, length: number): void {
  const grown = Buffer.allocUnsafe(length);
  encoder.buf.copy(grown, 0, 0, encoder.offset);
  encoder.buf = grown;
}

function writeArray(this: Encoder, values: readonly unknown[], type?: string, length?: number): Encoder {
  const areEncoded = type === undefined && values.length > 0 && values.every(isEncoded);
  return areEncoded ? this.writeInt32(length ?? values.length).writeEncoderArray(values) : writeArrayByClient.call(this, values, type, length);
}

Object.assign(EncoderClass.prototype, { ensureAvailable, writeEncoderArray, writeArray });
