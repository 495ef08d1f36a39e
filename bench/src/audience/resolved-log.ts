/**
 * What a run wrote to the log, read when it is over: nothing of the bench reads along while it is measured.
 * Guarantee: counts and times are those of the records; a recipient that was published twice is counted as such.
 */
import { RecipientResolved, topicOf } from '@postrider/contracts';
import { KafkaConnection } from '@postrider/kafka';
import { Logger } from '@postrider/runtime';
import type { EachBatchPayload, Kafka } from 'kafkajs';

export type Offsets = ReadonlyMap<number, bigint>;

export interface ResolvedRecords {
  /** Of each recipient's first record, ms since the epoch. */
  times: Float64Array;
  repeated: number;
}

const TOPIC = topicOf(RecipientResolved, 'bulk');
const SILENCE_MS = 20_000;

const kafkaOf = (brokers: string[]): Kafka => new KafkaConnection({ brokers, clientId: 'bench', topicPrefix: '' }, Logger.create('bench', 'error')).kafka;

/** Where the bulk lane of resolved recipients ends now. */
export async function endOfLog(brokers: string[]): Promise<Offsets> {
  const admin = kafkaOf(brokers).admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(TOPIC);
  await admin.disconnect();
  return new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
}

/** Keeps the records of one execution and knows when all partitions are read. */
class Reading {
  readonly firsts = new Map<string, number>();
  repeated = 0;
  lastCame = performance.now();
  private readonly open: Map<number, bigint>;

  constructor(
    private readonly executionId: string,
    from: Offsets,
    to: Offsets,
  ) {
    this.open = new Map([...to].filter(([partition, end]) => end > (from.get(partition) ?? 0n)));
  }

  get isDone(): boolean {
    return this.open.size === 0;
  }

  take({ batch: { partition, messages } }: Pick<EachBatchPayload, 'batch'>): void {
    this.lastCame = performance.now();
    for (const { headers, timestamp } of messages) {
      if (String(headers?.['correlation-id']) !== this.executionId) continue;
      const id = String(headers?.ce_id);
      if (this.firsts.has(id)) this.repeated += 1;
      else this.firsts.set(id, Number(timestamp));
    }
    const last = messages.at(-1);
    if (last && BigInt(last.offset) + 1n >= (this.open.get(partition) ?? 0n)) this.open.delete(partition);
  }
}

/** Reads from one end of the log to another. @throws when nothing comes for a while */
export async function readResolved(brokers: string[], executionId: string, from: Offsets, to: Offsets): Promise<ResolvedRecords> {
  const reading = new Reading(executionId, from, to);
  const consumer = kafkaOf(brokers).consumer({ groupId: `bench-${executionId}`, maxBytesPerPartition: 4_194_304 });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC });
  await consumer.run({ autoCommit: false, eachBatch: async (payload) => reading.take(payload) });
  for (const [partition, offset] of from) consumer.seek({ topic: TOPIC, partition, offset: String(offset) });
  try {
    while (!reading.isDone) {
      if (performance.now() - reading.lastCame > SILENCE_MS) throw new Error('The log of resolved recipients could not be read to its end.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await consumer.disconnect();
  }
  return { times: Float64Array.from(reading.firsts.values()), repeated: reading.repeated };
}
