import { randomBytes } from 'node:crypto';
import { Kafka, logLevel, type Consumer, type IHeaders } from 'kafkajs';

/** A record as it stands in the log. */
export interface SeenRecord {
  topic: string;
  partition: number;
  offset: string;
  key: string | undefined;
  /** Undefined for a tombstone. */
  value: Buffer | undefined;
  headers: Record<string, string>;
}

/** Reads topics from their beginning and keeps what it saw, in order of arrival. */
export class TopicReader {
  private readonly seen: SeenRecord[] = [];

  private constructor(private readonly consumer: Consumer) {}

  static async start(brokers: string[], topics: readonly string[]): Promise<TopicReader> {
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: `reader-${randomBytes(6).toString('hex')}` });
    const reader = new TopicReader(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        reader.seen.push({
          topic,
          partition,
          offset: message.offset,
          key: message.key?.toString(),
          value: message.value ?? undefined,
          headers: textOf(message.headers ?? {}),
        });
      },
    });
    return reader;
  }

  records(topic?: string): readonly SeenRecord[] {
    return topic === undefined ? this.seen : this.seen.filter((record) => record.topic === topic);
  }

  /** The payloads of a topic; tombstones left out. */
  payloads<Payload>(topic: string): Payload[] {
    return this.records(topic).flatMap(({ value }) => (value ? [JSON.parse(value.toString()) as Payload] : []));
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
  }
}

const textOf = (headers: IHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
