/**
 * CRC-32C of a record batch (Castagnoli; RFC 3720, appendix B.4), eight bytes at a step. kafkajs goes byte by byte, which is a
 * tenth of what a publish costs.
 * Guarantee: the checksum is the one that kafkajs computes.
 * Limit: it takes the place of a module of kafkajs 2.2.4 and has to be loaded before kafkajs is; where that failed, kafkajs
 * computes by itself. Its spec compares the two.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const MODULE = 'kafkajs/src/protocol/recordBatch/crc32C/index.js';

/** As it came with kafkajs. */
export const checksumByClient = require(MODULE) as (bytes: Uint8Array) => number;

const REVERSED_POLYNOMIAL = 0x82f63b78;
const STEP = 8;
const TABLES = tables();

/** Of each byte value, followed by 0 to 7 bytes of zeros. */
function tables(): readonly Int32Array[] {
  const all = Array.from({ length: STEP }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ REVERSED_POLYNOMIAL : crc >>> 1;
    all[0]![byte] = crc;
  }
  for (let zeros = 1; zeros < STEP; zeros += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const before = all[zeros - 1]![byte]!;
      all[zeros]![byte] = (before >>> 8) ^ all[0]![before & 0xff]!;
    }
  }
  return all;
}

/** An unsigned 32-bit integer. */
export function checksum(bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % STEP);
  let crc = -1;
  for (let at = 0; at < whole; at += STEP) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      t7[low & 0xff]! ^ t6[(low >>> 8) & 0xff]! ^ t5[(low >>> 16) & 0xff]! ^ t4[low >>> 24]! ^
      t3[high & 0xff]! ^ t2[(high >>> 8) & 0xff]! ^ t1[(high >>> 16) & 0xff]! ^ t0[high >>> 24]!;
  }
  for (let at = whole; at < bytes.length; at += 1) crc = t0[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

/** From now on kafkajs computes with {@link checksum}. */
function takeThePlace(): void {
  const module = require.cache[require.resolve(MODULE)];
  if (module) module.exports = checksum;
}

takeThePlace();
