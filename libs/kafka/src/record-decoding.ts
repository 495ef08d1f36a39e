/**
 * A record out of its bytes (Kafka protocol, record batch v2). kafkajs makes a decoder of it, big integers of its offset and
 * its time, and an object anew for each of its headers; of our eight headers hardly one is ever read.
 * Guarantee: the record is the one that kafkajs makes, and whole also where a header has the name of what objects inherit, which
 * kafkajs mixes up; its headers are decoded when somebody asks for them.
 * Limit: it takes the place of a module of kafkajs 2.2.4 and has to be loaded before kafkajs is; where that failed, kafkajs
 * decodes by itself. Its spec compares the two.
 */
import { createRequire } from 'node:module';
import type { IHeaders } from 'kafkajs';

/** What kafkajs passes of its own `Decoder`, which stands at the start of the record. */
export interface RecordBytes {
  buffer: Buffer;
  offset: number;
}

/** Of the batch: integers of 64 bits as text. */
export interface BatchContext {
  firstOffset: string;
  firstTimestamp: string;
  maxTimestamp: string;
  magicByte: number;
  timestampType: number;
  isControlBatch?: boolean;
}

type DecodeRecord = (bytes: RecordBytes, batch: BatchContext) => object;

const require = createRequire(import.meta.url);
const MODULE = 'kafkajs/src/protocol/recordBatch/record/v0/decoder.js';

/** As it came with kafkajs. */
export const decodeByClient = require(MODULE) as DecodeRecord;

const LOG_APPEND_TIME = 1;
const NOTHING = -1;
const VARINT_BYTES = 5;
/** Of a number of 32 bits, the last byte has so much at most. */
const LAST_BYTE_MAX = 0x0f;

export function decodeRecord(bytes: RecordBytes, batch: BatchContext): object {
  const reader = new Reader(bytes.buffer, bytes.offset);
  const attributes = reader.int8();
  const [timestampDelta, offsetDelta] = [reader.varint(), reader.varint()];
  const [time, place] = [Number(batch.firstTimestamp) + timestampDelta, Number(batch.firstOffset) + offsetDelta];
  if (!Number.isSafeInteger(time) || !Number.isSafeInteger(place)) return decodeByClient(bytes, batch);
  const timestamp = batch.timestampType === LOG_APPEND_TIME && batch.maxTimestamp ? batch.maxTimestamp : String(time);
  const offset = String(place);
  const { magicByte, isControlBatch: isControlRecord = false } = batch;
  return new DecodedRecord({ magicByte, attributes, timestamp, offset, key: reader.bytes(), value: reader.bytes(), isControlRecord, batchContext: batch }, reader);
}

interface Fields {
  magicByte: number;
  attributes: number;
  timestamp: string;
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  isControlRecord: boolean;
  batchContext: BatchContext;
}

class DecodedRecord implements Fields {
  readonly magicByte: number;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
  #headers: IHeaders | undefined;
  readonly #reader: Reader;

  /** @param reader stands before the headers */
  constructor(fields: Fields, reader: Reader) {
    this.magicByte = fields.magicByte;
    this.attributes = fields.attributes;
    this.timestamp = fields.timestamp;
    this.offset = fields.offset;
    this.key = fields.key;
    this.value = fields.value;
    this.isControlRecord = fields.isControlRecord;
    this.batchContext = fields.batchContext;
    this.#reader = reader;
  }

  get headers(): IHeaders {
    this.#headers ??= headersFrom(this.#reader);
    return this.#headers;
  }
}

/** Several values under one name come as a list. Nothing is inherited: a sender may call a header `__proto__`. */
function headersFrom(reader: Reader): IHeaders {
  const headers = Object.create(null) as Record<string, Buffer | null | (Buffer | null)[]>;
  for (let left = reader.varint(); left > 0; left -= 1) {
    const [name, value] = [String(reader.bytes()), reader.bytes()];
    const before = headers[name];
    headers[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return headers as IHeaders;
}

class Reader {
  constructor(
    private readonly buffer: Buffer,
    private at: number,
  ) {}

  int8(): number {
    return this.buffer.readInt8(this.at++);
  }

  /** Zigzag, seven bits a byte, the least significant first; NaN for more than 32 bits, as of a time weeks after the batch's first. */
  varint(): number {
    let value = 0;
    for (let i = 0; i < VARINT_BYTES; i += 1) {
      const byte = this.buffer[this.at++] ?? 0;
      value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return i === VARINT_BYTES - 1 && byte > LAST_BYTE_MAX ? Number.NaN : (value >>> 1) ^ -(value & 1);
    }
    return Number.NaN;
  }

  bytes(): Buffer | null {
    const size = this.varint();
    if (size === NOTHING) return null;
    this.at += size;
    return this.buffer.subarray(this.at - size, this.at);
  }
}

/** From now on kafkajs decodes records with {@link decodeRecord}. */
function takeThePlace(): void {
  const module = require.cache[require.resolve(MODULE)];
  if (module) module.exports = decodeRecord;
}

takeThePlace();
