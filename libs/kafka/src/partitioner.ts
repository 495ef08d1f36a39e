/**
 * Which partition a record goes to: murmur2 of its key, as every Kafka client does it. kafkajs computes the hash in 64-bit
 * objects, several for each four bytes of a key; 32-bit integers give the same.
 * Guarantee: the partition is the one that kafkajs chooses, so records of one key stay where they were.
 * Source: Apache Kafka, `org.apache.kafka.common.utils.Utils.murmur2`.
 */
import kafkajs, { type ICustomPartitioner } from 'kafkajs';

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/** Records without a key, and those for a given partition, are left to kafkajs. */
export const createPartitioner: ICustomPartitioner = () => {
  const byClient = kafkajs.Partitioners.DefaultPartitioner();
  return (choice) => {
    const { message: { key, partition }, partitionMetadata } = choice;
    if (key === null || key === undefined || (partition !== null && partition !== undefined)) return byClient(choice);
    return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitionMetadata.length;
  };
};

/** A signed 32-bit integer. */
function murmur2(bytes: Buffer): number {
  const { length } = bytes;
  const words = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < words; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), M);
    word = Math.imul(word ^ (word >>> R), M);
    hash = Math.imul(hash, M) ^ word;
  }
  if (words < length) {
    for (let at = length - 1; at >= words; at -= 1) hash ^= bytes.readUInt8(at) << ((at & 3) * 8);
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
