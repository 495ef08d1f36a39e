/** Reading dead letters, and sending them back to where they came from. */
import { randomUUID } from 'node:crypto';
import type { KafkaMessage } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import { DLQ_HEADERS, fromDeadLetter } from './dead-letter.js';
import { headerOf } from './intake.js';
import type { MessagePublisher } from './publisher.js';

/** A dead letter as it stands in its topic. */
export interface DeadLetter {
  topic: string;
  partition: number;
  offset: string;
  key: string | undefined;
  value: string | undefined;
  code: string;
  reason: string;
  sourceTopic: string;
  at: string;
  message: KafkaMessage;
}

export interface DeadLetterTopic {
  topic: string;
  letters: number;
}

/** Offsets are inclusive. */
export interface DeadLetterRange {
  from?: bigint;
  to?: bigint;
  limit?: number;
}

const READ_DEADLINE_MS = 30_000;

/** The topics of dead letters below the connection's prefix, with how many each holds. */
export async function listDeadLetterTopics(connection: KafkaConnection): Promise<DeadLetterTopic[]> {
  const admin = connection.kafka.admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(connection.topicPrefix) && topic.endsWith('.dlq')).sort();
    return await Promise.all(
      topics.map(async (topic) => {
        const offsets = await admin.fetchTopicOffsets(topic);
        return { topic, letters: offsets.reduce((sum, { low, high }) => sum + Number(BigInt(high) - BigInt(low)), 0) };
      }),
    );
  } finally {
    await admin.disconnect();
  }
}

/** The letters of a topic within a range, oldest first. */
export async function readDeadLetters(connection: KafkaConnection, topic: string, range: DeadLetterRange): Promise<DeadLetter[]> {
  const end = await endOf(connection, topic);
  const last = range.to !== undefined && range.to < end ? range.to : end;
  if (last < (range.from ?? 0n)) return [];
  const consumer = connection.kafka.consumer({ groupId: connection.named(`dlq-reader.${randomUUID()}`), maxWaitTimeInMs: 100 });
  const letters: DeadLetter[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${topic} was not read in ${READ_DEADLINE_MS} ms.`)), READ_DEADLINE_MS);
      const finish = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const take = async (message: KafkaMessage, partition: number): Promise<void> => {
        if (isWithin(range, message) && letters.length < (range.limit ?? Infinity)) letters.push(describe(topic, partition, message));
        if (BigInt(message.offset) >= last || letters.length >= (range.limit ?? Infinity)) finish();
      };
      consumer.run({ autoCommit: false, eachMessage: ({ message, partition }) => take(message, partition) }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return letters;
}

/** Sends letters back to their source topics with the bytes and headers that they had. Answers how many. */
export async function replayDeadLetters(publisher: MessagePublisher, letters: readonly DeadLetter[]): Promise<number> {
  const originals = letters.flatMap((letter) => fromDeadLetter(letter.message) ?? []);
  await Promise.all(originals.map(({ topic, message }) => publisher.send(topic, [message])));
  return originals.length;
}

/** The offset of the last letter; -1 when there is none. */
async function endOf(connection: KafkaConnection, topic: string): Promise<bigint> {
  const admin = connection.kafka.admin();
  await admin.connect();
  try {
    if (!(await admin.listTopics()).includes(topic)) throw new Error(`There is no topic ${topic}. npm run dlq -- list shows those that exist.`);
    const [offsets] = await admin.fetchTopicOffsets(topic);
    return offsets && BigInt(offsets.high) > BigInt(offsets.low) ? BigInt(offsets.high) - 1n : -1n;
  } finally {
    await admin.disconnect();
  }
}

function isWithin({ from, to }: DeadLetterRange, { offset }: KafkaMessage): boolean {
  const at = BigInt(offset);
  return at >= (from ?? 0n) && (to === undefined || at <= to);
}

function describe(topic: string, partition: number, message: KafkaMessage): DeadLetter {
  const header = (name: string): string => headerOf(message.headers, name) ?? '';
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString(),
    value: message.value?.toString(),
    code: header(DLQ_HEADERS.code),
    reason: header(DLQ_HEADERS.reason),
    sourceTopic: header(DLQ_HEADERS.topic),
    at: header(DLQ_HEADERS.at),
    message,
  };
}
