import { topicOf, type Lane, type MessageContract, type PayloadOf } from '@postrider/contracts';
import { Kafka, logLevel, type Producer } from 'kafkajs';

/** Writes to topics as a stranger could: valid payloads, or any bytes at all. */
export class TopicWriter {
  private constructor(
    private readonly producer: Producer,
    private readonly prefix: string,
  ) {}

  static async start(brokers: string[], prefix: string): Promise<TopicWriter> {
    // Idempotent: the client sends a request again as a whole when one of its partitions is not ready.
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return new TopicWriter(producer, prefix);
  }

  /** Payloads of a contract, on its first lane or another. */
  async write<Contract extends MessageContract>(contract: Contract, payloads: readonly PayloadOf<Contract>[], lane?: Lane): Promise<void> {
    const messages = payloads.map((payload) => ({
      key: contract.key(payload),
      value: JSON.stringify(payload),
      headers: { ce_id: contract.id(payload), ce_type: contract.topic, ce_source: 'spec', ce_specversion: '1.0', ce_time: new Date().toISOString(), 'content-type': 'application/json' },
    }));
    await this.producer.send({ topic: this.prefix + topicOf(contract, lane), acks: -1, messages });
  }

  /** Bytes under a key; undefined bytes are a tombstone. The topic's prefix is added. */
  async writeRaw(topic: string, key: string, value: Buffer | string | undefined, headers: Record<string, string> = {}): Promise<void> {
    await this.producer.send({ topic: this.prefix + topic, acks: -1, messages: [{ key, value: value ?? null, headers }] });
  }

  async stop(): Promise<void> {
    await this.producer.disconnect();
  }
}
