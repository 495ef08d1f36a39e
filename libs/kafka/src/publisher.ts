/**
 * Guarantee: `publish` resolves only when every record is acknowledged by all in-sync replicas; records of one key keep the
 * order in which `publish` was called. Calls that wait at the same time share one request to the broker.
 * Limits: a rejected publish may still have reached the log, in part or in whole: ids are deterministic, so trying again is
 * safe. One request is in flight at a time, which is what keeps an idempotent producer's sequences whole.
 * Failure modes: when a request fails, the producer is replaced, so that no broken sequence is carried on; everything that
 * waits longer than the deadline is rejected as `transient`.
 */
import type { Lane, MessageContract, PayloadOf } from '@postrider/contracts';
import { topicOf } from '@postrider/contracts';
import { DependencyUnavailable, type Logger, type Metrics } from '@postrider/runtime';
import { CompressionTypes, type Message, type Producer } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import { toRecord } from './envelope.js';

export interface PublisherOptions {
  compression: 'none' | 'gzip';
  /** How long a record may wait for its acknowledgement. */
  sendDeadlineMs: number;
}

/** What waits for the broker: refuse new work when it grows. */
export interface Backlog {
  messages: number;
  oldestMs: number;
}

interface Waiting {
  topic: string;
  messages: Message[];
  since: number;
  settle: (error?: unknown) => void;
}

/** kafkajs groups records by partition in quadratic time, so that a request is kept small. */
const RECORDS_A_REQUEST = 1_000;
const DISCONNECT_DEADLINE_MS = 3_000;

export class MessagePublisher {
  private readonly waiting: Waiting[] = [];
  private waitingRecords = 0;
  private producer: Promise<Producer> | undefined;
  private flushing: Promise<void> | undefined;
  private readonly published;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: PublisherOptions,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.published = metrics.counter('kafka_published_records_total', 'Records acknowledged by the broker', ['topic']);
    metrics.gauge('kafka_publisher_waiting_records', 'Records that wait for the broker', [], (gauge) => gauge.set({}, this.waitingRecords));
  }

  /** @throws DependencyUnavailable when the broker did not acknowledge in time */
  async publish<Contract extends MessageContract>(contract: Contract, payloads: readonly PayloadOf<Contract>[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const payload of payloads) {
      const topic = topicOf(contract, contract.lanes && (payload as { lane?: Lane }).lane);
      const records = byTopic.get(topic) ?? [];
      records.push(toRecord(contract, payload, this.connection.clientId));
      byTopic.set(topic, records);
    }
    await Promise.all([...byTopic].map(([topic, messages]) => this.send(this.connection.named(topic), messages)));
  }

  /** Says that the thing under a key of a compacted topic is gone. */
  async tombstone(contract: MessageContract, key: string): Promise<void> {
    await this.send(this.connection.named(topicOf(contract)), [{ key, value: null }]);
  }

  /** Records as they are, to a topic as it is called on the cluster: for dead letters and their replay. */
  async send(topic: string, messages: readonly Message[]): Promise<void> {
    const chunks: Promise<void>[] = [];
    for (let start = 0; start < messages.length; start += RECORDS_A_REQUEST) {
      chunks.push(this.enqueue(topic, messages.slice(start, start + RECORDS_A_REQUEST)));
    }
    await Promise.all(chunks);
  }

  backlog(): Backlog {
    const oldest = this.waiting[0];
    return { messages: this.waitingRecords, oldestMs: oldest ? performance.now() - oldest.since : 0 };
  }

  /** Sends what waits and closes the connection; gives up on either after a deadline. */
  async close(): Promise<void> {
    await this.flushing;
    const producer = await this.producer?.catch(() => undefined);
    if (producer) await disconnect(producer);
    this.producer = undefined;
  }

  private enqueue(topic: string, messages: Message[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const since = performance.now();
      const timer = setTimeout(() => waiting.settle(new Error('no acknowledgement in time')), this.options.sendDeadlineMs);
      let settled = false;
      const waiting: Waiting = {
        topic, messages, since,
        settle: (error) => {
          if (settled) return;
          settled = true;
          clearTimeout(timer);
          this.waitingRecords -= messages.length;
          const position = this.waiting.indexOf(waiting);
          if (position >= 0) this.waiting.splice(position, 1);
          if (error === undefined) resolve();
          else reject(new DependencyUnavailable('kafka', error));
        },
      };
      this.waiting.push(waiting);
      this.waitingRecords += messages.length;
      this.flushing ??= this.flush();
    });
  }

  private async flush(): Promise<void> {
    // A turn of the event loop lets publishes of the same moment join.
    await new Promise((turn) => setImmediate(turn));
    while (this.waiting.length > 0) await this.sendTogether(this.takeRequest());
    // In the same turn as the check above: whoever comes later starts the next flush.
    this.flushing = undefined;
  }

  /** The oldest entries that fit one request; they stay in `waiting` until they are settled. */
  private takeRequest(): Waiting[] {
    const taken: Waiting[] = [];
    let records = 0;
    for (const entry of this.waiting) {
      if (taken.length > 0 && records + entry.messages.length > RECORDS_A_REQUEST) break;
      taken.push(entry);
      records += entry.messages.length;
    }
    return taken;
  }

  private async sendTogether(entries: readonly Waiting[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const { topic, messages } of entries) byTopic.set(topic, (byTopic.get(topic) ?? []).concat(messages));
    const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
    try {
      const producer = await this.connectedProducer();
      await producer.sendBatch({ topicMessages, acks: -1, compression: this.compression() });
      for (const entry of entries) entry.settle();
      for (const { topic, messages } of topicMessages) this.published.inc({ topic }, messages.length);
    } catch (error) {
      this.logger.warn('kafka.publish-failed', { topics: [...byTopic.keys()], records: entries.length, error });
      for (const entry of entries) entry.settle(error);
      await this.replaceProducer();
    }
  }

  private compression(): CompressionTypes {
    return this.options.compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
  }

  private connectedProducer(): Promise<Producer> {
    this.producer ??= this.openProducer();
    return this.producer;
  }

  private async openProducer(): Promise<Producer> {
    const producer = this.connection.kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
    await producer.connect();
    return producer;
  }

  private async replaceProducer(): Promise<void> {
    const old = this.producer;
    this.producer = undefined;
    const producer = await old?.catch(() => undefined);
    if (producer) await disconnect(producer);
  }
}

async function disconnect(producer: Producer): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((done) => (timer = setTimeout(done, DISCONNECT_DEADLINE_MS)));
  await Promise.race([producer.disconnect().catch(() => undefined), deadline]);
  clearTimeout(timer);
}
