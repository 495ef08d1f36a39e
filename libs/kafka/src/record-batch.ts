/**
 * The bytes of a batch of records (Kafka protocol, record batch v2), written into one buffer of the right size. kafkajs copies
 * the records through three that grow.
 * Guarantee: the bytes are those that kafkajs writes.
 * Limit: it takes the place of a module of kafkajs 2.2.4 and has to be loaded before kafkajs is; where that failed, kafkajs
 * encodes by itself, as it does what is to be compressed. Its spec compares the two.
 */
import { createRequire } from 'node:module';
import { checksum } from './checksum.js';
import type { EncodedRecord } from './record-encoding.js';

/** Whose text is a whole decimal: a number, a text, kafkajs's Long. */
interface Int64 {
  toString: () => string;
}

export interface BatchFields {
  compression?: number;
  firstOffset?: Int64;
  firstTimestamp?: Int64;
  maxTimestamp?: Int64;
  partitionLeaderEpoch?: number;
  lastOffsetDelta?: number;
  transactional?: boolean;
  producerId?: Int64;
  producerEpoch?: number;
  firstSequence?: number;
  records?: readonly EncodedRecord[];
}

/** What kafkajs reads of its own `Encoder`. */
export interface EncodedBatch extends EncodedRecord {
  size: () => number;
}

type EncodeBatch = (fields: BatchFields) => Promise<EncodedBatch>;

const require = createRequire(import.meta.url);
const clientModule = require('kafkajs/src/protocol/recordBatch/v0/index.js') as { RecordBatch: EncodeBatch };

/** As it came with kafkajs. */
export const encodeBatchByClient = clientModule.RecordBatch;

const HEADER_BYTES = 61;
const LENGTH_AT = 8;
const CHECKSUM_AT = 17;
const CHECKED_FROM = CHECKSUM_AT + 4;
const MAGIC = 2;
const IS_TRANSACTIONAL = 16;

const SILENT = {
  firstOffset: 0,
  partitionLeaderEpoch: 0,
  lastOffsetDelta: 0,
  transactional: false,
  producerId: -1,
  producerEpoch: 0,
  firstSequence: 0,
  records: [],
} satisfies BatchFields;

export async function encodeBatch(fields: BatchFields): Promise<EncodedBatch> {
  if (fields.compression) return encodeBatchByClient(fields);
  const now = Date.now();
  const batch = { ...SILENT, firstTimestamp: now, maxTimestamp: now, ...said(fields) };
  const buffer = Buffer.allocUnsafe(batch.records.reduce((bytes, record) => bytes + record.buffer.length, HEADER_BYTES));
  writeInt64(buffer, batch.firstOffset, 0);
  buffer.writeInt32BE(buffer.length - LENGTH_AT - 4, LENGTH_AT);
  buffer.writeInt32BE(batch.partitionLeaderEpoch, 12);
  buffer.writeInt8(MAGIC, 16);
  buffer.writeInt16BE(batch.transactional ? IS_TRANSACTIONAL : 0, CHECKED_FROM);
  buffer.writeInt32BE(batch.lastOffsetDelta, 23);
  writeInt64(buffer, batch.firstTimestamp, 27);
  writeInt64(buffer, batch.maxTimestamp, 35);
  writeInt64(buffer, batch.producerId, 43);
  buffer.writeInt16BE(batch.producerEpoch, 51);
  buffer.writeInt32BE(batch.firstSequence, 53);
  buffer.writeInt32BE(batch.records.length, 57);
  let at = HEADER_BYTES;
  for (const record of batch.records) at += record.buffer.copy(buffer, at);
  buffer.writeUInt32BE(checksum(buffer.subarray(CHECKED_FROM)), CHECKSUM_AT);
  return { buf: buffer, buffer, size: () => buffer.length };
}

/** Without what is undefined. */
function said(fields: BatchFields): { [Key in keyof BatchFields]: NonNullable<BatchFields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function writeInt64(buffer: Buffer, value: Int64, at: number): void {
  buffer.writeBigInt64BE(BigInt(String(value)), at);
}

/** From now on kafkajs encodes batches with {@link encodeBatch}. */
clientModule.RecordBatch = encodeBatch;
