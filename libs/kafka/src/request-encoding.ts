/**
 * How the buffers of a request come about. kafkajs copies a record from one encoder into the next at each of eight levels, and
 * doubles their buffers from 512 bytes to a few megabytes: most of the memory that a busy publisher takes, and a good part of
 * its time. Here what is large is referred to, and all of it put together once.
 * Guarantee: the bytes are those that kafkajs writes.
 * Limits: it takes the place of some methods of kafkajs 2.2.4's encoder; its spec tells when they are not what they were. A
 * buffer that was written must not be changed until the request has been sent.
 */
import { createRequire } from 'node:module';

/** What is read of what is written into an encoder; a record or batch of ours is all in its buffer. */
interface Encoded {
  buf: Buffer;
  offset?: number;
  pieces?: Buffer[];
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
  writeBufferInternal: (bytes: Buffer) => void;
  size: () => number;
}

const require = createRequire(import.meta.url);
export const EncoderClass = require('kafkajs/src/protocol/encoder.js') as { new (): Encoder; readonly prototype: Encoder };

/** From so many bytes on, a reference costs less than a copy. */
const LARGE = 2_048;
/** Room for what follows a piece: numbers and short texts. */
const ROOM_BYTES = 256;

const isEncoded = (value: unknown): value is Encoded => Buffer.isBuffer((value as Encoded | null)?.buf);

/** Room for a little more is room for twice as much as there was. */
function ensureAvailable(this: Encoder, bytes: number): void {
  const needed = this.offset + bytes;
  if (needed <= this.buf.length) return;
  const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.offset));
  this.buf.copy(grown, 0, 0, this.offset);
  this.buf = grown;
}

function writeBufferInternal(this: Encoder, bytes: Buffer): void {
  if (bytes.length >= LARGE) return refer(this, [bytes]);
  this.ensureAvailable(bytes.length);
  this.offset += bytes.copy(this.buf, this.offset);
}

function writeEncoder(this: Encoder, value: Encoded): Encoder {
  if (!isEncoded(value)) throw new Error('value should be an instance of Encoder');
  if (value.pieces) refer(this, value.pieces);
  this.writeBufferInternal(value.buf.subarray(0, value.offset));
  return this;
}

function writeEncoderArray(this: Encoder, values: readonly Encoded[]): Encoder {
  if (!Array.isArray(values) || !values.every(isEncoded)) throw new Error('all values should be an instance of Encoder[]');
  for (const value of values) this.writeEncoder(value);
  return this;
}

/** What was written since the last piece becomes one itself. */
function refer(encoder: Encoder, pieces: readonly Buffer[]): void {
  encoder.pieces ??= [];
  if (encoder.offset > 0) encoder.pieces.push(encoder.buf.subarray(0, encoder.offset));
  encoder.pieces.push(...pieces);
  encoder.buf = Buffer.allocUnsafe(ROOM_BYTES);
  encoder.offset = 0;
}

function size(this: Encoder): number {
  return (this.pieces ?? []).reduce((bytes, piece) => bytes + piece.length, this.offset);
}

/** Puts the pieces together, once. */
function buffer(this: Encoder): Buffer {
  if (this.pieces) {
    this.buf = Buffer.concat([...this.pieces, this.buf.subarray(0, this.offset)]);
    this.offset = this.buf.length;
    delete this.pieces;
  }
  return this.buf.subarray(0, this.offset);
}

Object.assign(EncoderClass.prototype, { ensureAvailable, writeBufferInternal, writeEncoder, writeEncoderArray, size });
Object.defineProperty(EncoderClass.prototype, 'buffer', { get: buffer });
