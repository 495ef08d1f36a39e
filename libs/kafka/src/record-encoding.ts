/**
 * The bytes of a record (Kafka protocol, record batch v2), written into one buffer of the right size. kafkajs makes a zeroed
 * buffer of 512 bytes for each record and for each header of it, which is a third of what a publish costs.
 * Guarantee: the bytes are those that kafkajs writes.
 * Limit: it takes the place of a module of kafkajs 2.2.4 and has to be loaded before kafkajs is; where that failed, kafkajs
 * encodes by itself. Its spec compares the two.
 */
import { createRequire } from 'node:module';

export interface RecordFields {
  offsetDelta?: number;
  timestampDelta?: number;
  key?: Buffer | string | null;
  value?: Buffer | string | null;
  headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
}

type HeaderValue = Buffer | string;

/** What kafkajs reads of its own `Encoder`. */
export interface EncodedRecord {
  buf: Buffer;
  buffer: Buffer;
}

type EncodeRecord = (fields: RecordFields) => EncodedRecord;

const require = createRequire(import.meta.url);
const MODULE = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';

/** As it came with kafkajs. */
export const encodeByClient = require(MODULE) as EncodeRecord;

const NOTHING = -1;
const MAX_VARINT_BYTES = 5;

export function encodeRecord(fields: RecordFields): EncodedRecord {
  const { offsetDelta = 0, timestampDelta = 0, key, value, headers = {} } = fields;
  const pairs = Object.entries(headers);
  // Rare, and longer than what is done here: a time of its own, and several values under one name.
  if (timestampDelta !== 0 || pairs.some(([, header]) => typeof header !== 'string' && !Buffer.isBuffer(header))) return encodeByClient(fields);
  const body = new Body(offsetDelta, key, value, pairs as [string, HeaderValue][]);
  const buffer = body.toBuffer();
  return { buf: buffer, buffer };
}

class Body {
  private readonly out: Buffer;
  private at = MAX_VARINT_BYTES;

  constructor(offsetDelta: number, key: HeaderValue | null | undefined, value: HeaderValue | null | undefined, headers: readonly [string, HeaderValue][]) {
    let room = 6 * MAX_VARINT_BYTES + sizeOf(key) + sizeOf(value);
    for (const [name, header] of headers) room += 2 * MAX_VARINT_BYTES + sizeOf(name) + sizeOf(header);
    this.out = Buffer.allocUnsafe(room);
    this.out[this.at++] = 0; // attributes
    this.out[this.at++] = 0; // timestamp delta
    this.varint(offsetDelta);
    this.bytes(key);
    this.bytes(value);
    this.varint(headers.length);
    for (const [name, header] of headers) {
      this.bytes(name);
      this.bytes(header);
    }
  }

  /** The length of the body, right before the body. */
  toBuffer(): Buffer {
    const end = this.at;
    const length = end - MAX_VARINT_BYTES;
    const start = MAX_VARINT_BYTES - sizeOfVarint(length);
    this.at = start;
    this.varint(length);
    return this.out.subarray(start, end);
  }

  private bytes(content: HeaderValue | null | undefined): void {
    if (content === null || content === undefined) return this.varint(NOTHING);
    const size = sizeOf(content);
    this.varint(size);
    if (typeof content === 'string') this.out.write(content, this.at);
    else this.out.set(content, this.at);
    this.at += size;
  }

  /** Zigzag, seven bits a byte, the least significant first. */
  private varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      this.out[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.out[this.at++] = rest;
  }
}

function sizeOf(content: HeaderValue | null | undefined): number {
  if (content === null || content === undefined) return 0;
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

function sizeOfVarint(value: number): number {
  let bytes = 1;
  for (let rest = (value << 1) >>> 0; rest > 0x7f; rest >>>= 7) bytes += 1;
  return bytes;
}

/** From now on kafkajs encodes records with {@link encodeRecord}. */
function takeThePlace(): void {
  const module = require.cache[require.resolve(MODULE)];
  if (module) module.exports = encodeRecord;
}

takeThePlace();
