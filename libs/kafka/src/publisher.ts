/**
 * Guarantee: `publish` resolves only when every record is acknowledged by all in-sync replicas; records of one key keep the
 * order in which `publish` was called. Calls that wait at the same time share one request to the broker.
 * Limits: a rejected publish may still have reached the log, in part or in whole: ids are deterministic, so trying again is
 * safe. One request is in flight at a time, which is what keeps an idempotent producer's sequences whole.
 * Failure modes: when a request fails, the producer is replaced, so that no broken sequence is carried on; what waits longer
 * than the deadline is rejected as `transient`; what the broker will never take is rejected as a bug, alone.
 */
import type { Lane, MessageContract, PayloadOf } from '@postrider/contracts';
import { topicOf } from '@postrider/contracts';
import { DependencyUnavailable, within, type Logger, type Metrics } from '@postrider/runtime';
import kafkajs, { type Producer } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import { toRecords, type OutgoingRecord } from './envelope.js';
import { createPartitioner } from './partitioner.js';
import { RecordRefused, isRefusal } from './publisher.errors.js';
import { SendQueue, chunksOf, type Waiting } from './send-queue.js';

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

const DISCONNECT_DEADLINE_MS = 3_000;
const REQUEST_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class MessagePublisher {
  private readonly queue = new SendQueue();
  private producer: Promise<Producer> | undefined;
  private flushing: Promise<void> | undefined;
  /** Until a first connection shows otherwise. */
  private isFailing = true;
  private readonly published;
  private readonly duration;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: PublisherOptions,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.published = metrics.counter('kafka_published_records_total', 'Records acknowledged by the broker', ['topic']);
    this.duration = metrics.histogram('kafka_publish_seconds', 'How long a request took until its acknowledgement', [], REQUEST_SECONDS);
    metrics.gauge('kafka_publisher_waiting_records', 'Records that wait for the broker', [], (gauge) => gauge.set({}, this.queue.size));
  }

  /**
   * @throws DependencyUnavailable when the broker did not acknowledge in time
   * @throws RecordRefused when it never will
   */
  async publish<Contract extends MessageContract>(contract: Contract, payloads: readonly PayloadOf<Contract>[]): Promise<void> {
    if (payloads.length === 0) return;
    const records = toRecords(contract, payloads, this.connection.clientId);
    if (!contract.lanes) return this.send(this.connection.named(contract.topic), records);
    const byTopic = new Map<string, OutgoingRecord[]>();
    records.forEach((record, index) => {
      const topic = topicOf(contract, (payloads[index] as { lane?: Lane }).lane);
      const lane = byTopic.get(topic);
      if (lane) lane.push(record);
      else byTopic.set(topic, [record]);
    });
    await Promise.all([...byTopic].map(([topic, lane]) => this.send(this.connection.named(topic), lane)));
  }

  /** Says that the thing under a key of a compacted topic is gone. */
  async tombstone(contract: MessageContract, key: string): Promise<void> {
    await this.send(this.connection.named(topicOf(contract)), [{ key, value: null }]);
  }

  /** Records as they are, to a topic as it is called on the cluster: for dead letters and their replay. */
  async send(topic: string, messages: readonly OutgoingRecord[]): Promise<void> {
    const { sendDeadlineMs } = this.options;
    const expired = (): Error => new DependencyUnavailable('kafka', new Error(`no acknowledgement in ${sendDeadlineMs} ms`));
    const chunks = Array.from(chunksOf(messages), (chunk) => this.queue.add(topic, chunk, sendDeadlineMs, expired));
    this.flushing ??= this.flush();
    await Promise.all(chunks);
  }

  backlog(): Backlog {
    const { oldest } = this.queue;
    return { messages: this.queue.size, oldestMs: oldest ? performance.now() - oldest.since : 0 };
  }

  /** Connects where the last request failed, or none was made. @throws when the broker does not answer */
  async ready(): Promise<void> {
    if (!this.isFailing) return;
    await this.connectedProducer();
    this.isFailing = false;
  }

  /** Sends what waits and closes the connection; gives up on either after a deadline. */
  async close(): Promise<void> {
    await within(DISCONNECT_DEADLINE_MS, this.flushing);
    await this.dropProducer();
  }

  private async flush(): Promise<void> {
    // A turn of the event loop lets publishes of the same moment join.
    await new Promise((turn) => setImmediate(turn));
    while (this.queue.size > 0) await this.sendTogether(this.queue.peekRequest());
    // In the same turn as the check above: whoever comes later starts the next flush.
    this.flushing = undefined;
  }

  private async sendTogether(entries: readonly Waiting[]): Promise<void> {
    const startedAt = performance.now();
    try {
      await this.request(entries);
      this.isFailing = false;
      this.duration.observe({}, (performance.now() - startedAt) / 1_000);
      for (const { topic, messages } of entries) this.published.inc({ topic }, messages.length);
      for (const entry of entries) entry.settle();
    } catch (error) {
      this.logger.warn('kafka.publish-failed', { topics: [...new Set(entries.map(({ topic }) => topic))], error });
      await this.dropProducer();
      await this.afterFailure(entries, error);
    }
  }

  /** One bad record must not take its neighbours with it: they are sent again without it. */
  private async afterFailure(entries: readonly Waiting[], error: unknown): Promise<void> {
    const [first] = entries;
    if (isRefusal(error) && entries.length > 1) {
      for (const entry of entries) await this.sendTogether([entry]);
    } else if (isRefusal(error) && first) {
      first.settle(new RecordRefused(first.topic, error));
    } else {
      this.isFailing = true;
      for (const entry of entries) entry.settle(new DependencyUnavailable('kafka', error));
    }
  }

  private async request(entries: readonly Waiting[]): Promise<void> {
    const byTopic = new Map<string, OutgoingRecord[]>();
    for (const { topic, messages } of entries) {
      const records = byTopic.get(topic);
      if (records) records.push(...messages);
      else byTopic.set(topic, [...messages]);
    }
    const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
    const compression = this.options.compression === 'gzip' ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None;
    const sent = this.connectedProducer().then((producer) => producer.sendBatch({ topicMessages, acks: -1, compression }));
    // Nobody waits longer than this for it; the client itself would go on for minutes.
    const answer = await within(this.options.sendDeadlineMs, sent);
    if (answer === undefined) throw new Error(`no answer in ${this.options.sendDeadlineMs} ms`);
  }

  private connectedProducer(): Promise<Producer> {
    if (this.producer) return this.producer;
    const opening = this.openProducer();
    this.producer = opening;
    // A connection that failed must not be what the next request waits for.
    opening.catch(() => {
      if (this.producer === opening) this.producer = undefined;
    });
    return opening;
  }

  private async openProducer(): Promise<Producer> {
    const producer = this.connection.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner,
    });
    await producer.connect();
    return producer;
  }

  private async dropProducer(): Promise<void> {
    const dropped = this.producer;
    this.producer = undefined;
    await within(DISCONNECT_DEADLINE_MS, dropped?.then((producer) => producer.disconnect()).catch(() => undefined));
  }
}
