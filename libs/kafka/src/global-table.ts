/**
 * A compacted topic as a table in memory (after Kafka Streams' GlobalKTable).
 * Guarantee: `load` resolves when everything that was in the topic at its call is in the table; from then on changes are
 * applied in the order of the log, milliseconds after they were published. A table never goes back: what it has applied is
 * not applied again, whatever the client reads twice.
 * Limits: it holds all of the topic. A record that the contract does not accept is logged and passed over.
 * Failure modes: without a broker it keeps its last state and catches up later. A client that ended for good, and a topic that
 * was made anew under it, call `onFatal`: only a new process has the truth then.
 */
import { randomUUID } from 'node:crypto';
import type { MessageContract, PayloadOf } from '@postrider/contracts';
import { topicOf } from '@postrider/contracts';
import { within, type Logger } from '@postrider/runtime';
import type { Admin, Batch, Consumer, EachBatchPayload } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import { ConsumerWatch } from './consumer-watch.js';
import { assignerWith } from './group-membership.js';
import { PartitionEnds } from './partition-ends.js';

export interface TableChange<Value> {
  key: string;
  /** Undefined when the thing is gone. */
  value: Value | undefined;
}

export interface GlobalTableParts {
  connection: KafkaConnection;
  logger: Logger;
  onFatal: (error: unknown) => void;
}

const SESSION_TIMEOUT_MS = 10_000;
const LOAD_DEADLINE_MS = 60_000;
const OFFSET_ATTEMPTS = 30;
const OFFSET_PAUSE_MS = 200;
const STOP_DEADLINE_MS = 3_000;
const MAX_WAIT_MS = 1_000;
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 20, factor: 0.2, multiplier: 2 };

export class GlobalTable<Contract extends MessageContract> {
  private readonly rows = new Map<string, PayloadOf<Contract>>();
  private readonly listeners: ((change: TableChange<PayloadOf<Contract>>) => void)[] = [];
  private readonly topic: string;
  private readonly group: string;
  private readonly consumer: Consumer;
  private readonly watch: ConsumerWatch;
  private readonly ends = new PartitionEnds();
  /** The last offset applied, by partition. */
  private readonly applied = new Map<number, bigint>();
  private isJoined = false;
  private isClosed = false;

  constructor(
    private readonly contract: Contract,
    private readonly parts: GlobalTableParts,
  ) {
    const { connection, onFatal } = parts;
    this.topic = connection.named(topicOf(contract));
    // Every process reads everything, so each is a group of its own, which ends with it and has committed nothing.
    this.group = connection.named(`table.${connection.clientId}.${randomUUID()}`);
    this.consumer = connection.kafka.consumer({
      groupId: this.group,
      partitionAssigners: [assignerWith({ beforeJoin: async () => undefined, beforeFetch: () => (batches) => this.noteEnds(batches) })],
      sessionTimeout: SESSION_TIMEOUT_MS,
      maxWaitTimeInMs: MAX_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { ...RETRY, restartOnFailure: async () => !this.isClosed },
    });
    this.watch = new ConsumerWatch(this.consumer, onFatal);
  }

  /** @throws when the topic does not exist or was not read to its end within a minute */
  async load(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  get(key: string): PayloadOf<Contract> | undefined {
    return this.rows.get(key);
  }

  values(): IterableIterator<PayloadOf<Contract>> {
    return this.rows.values();
  }

  get size(): number {
    return this.rows.size;
  }

  /** Called for each change after the load, and for none that the load itself brought. */
  onChange(listener: (change: TableChange<PayloadOf<Contract>>) => void): void {
    this.listeners.push(listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.watch.stop();
    await within(STOP_DEADLINE_MS, this.consumer.disconnect().catch(() => undefined));
    if (this.isJoined) await within(STOP_DEADLINE_MS, this.deleteGroup().catch(() => undefined));
  }

  private async read(): Promise<void> {
    await this.readEnds();
    this.watch.start();
    await this.consumer.connect();
    this.isJoined = true;
    await this.consumer.subscribe({ topic: this.topic, fromBeginning: true });
    await this.consumer.run({ autoCommit: false, eachBatch: async (payload) => this.apply(payload) });
    await within(LOAD_DEADLINE_MS, this.ends.reached);
    if (!this.ends.areReached) throw new Error(`${this.topic} was not read to its end in ${LOAD_DEADLINE_MS} ms.`);
  }

  private async readEnds(): Promise<void> {
    const admin = this.parts.connection.kafka.admin();
    await admin.connect();
    try {
      if (!(await admin.listTopics()).includes(this.topic)) throw new Error(`The topic ${this.topic} does not exist. Run the topic job first.`);
      this.ends.expect(await this.offsetsOf(admin));
    } finally {
      await admin.disconnect();
    }
  }

  /** Of a topic that is new, or that moves, a broker says for a moment that it is not the leader: asked again, another answers. */
  private async offsetsOf(admin: Admin): ReturnType<Admin['fetchTopicOffsets']> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await admin.fetchTopicOffsets(this.topic);
      } catch (error) {
        if (attempt === OFFSET_ATTEMPTS || !(error as { retriable?: boolean }).retriable) throw error;
        await new Promise((done) => setTimeout(done, OFFSET_PAUSE_MS));
        await admin.fetchTopicMetadata({ topics: [this.topic] }).catch(() => undefined);
      }
    }
  }

  private async deleteGroup(): Promise<void> {
    const admin = this.parts.connection.kafka.admin();
    await admin.connect();
    await admin.deleteGroups([this.group]).finally(() => admin.disconnect());
  }

  /** What lies below the end may have been compacted away: then a fetch that brings nothing shows that it is reached. */
  private noteEnds(batches: readonly Batch[]): void {
    for (const { partition, rawMessages, highWatermark } of batches as readonly (Batch & { rawMessages: unknown[] })[]) {
      if (rawMessages.length === 0) this.ends.reach(partition);
      if (BigInt(highWatermark) <= (this.applied.get(partition) ?? -1n)) this.parts.onFatal(new Error(`${this.topic} was made anew.`));
    }
  }

  private apply({ batch: { partition, messages } }: EachBatchPayload): void {
    for (const { key, value, offset } of messages) {
      const at = BigInt(offset);
      if (at <= (this.applied.get(partition) ?? -1n)) continue;
      this.applied.set(partition, at);
      this.applyRecord(key?.toString() ?? '', value, offset);
      this.ends.reach(partition, at + 1n);
    }
  }

  private applyRecord(key: string, value: Buffer | null, offset: string): void {
    try {
      if (value === null) this.rows.delete(key);
      else this.rows.set(key, this.contract.payload.parse(JSON.parse(value.toString())) as PayloadOf<Contract>);
    } catch (error) {
      this.parts.logger.error('table.record-skipped', { topic: this.topic, offset, error });
      return;
    }
    if (this.ends.areReached) this.tell({ key, value: this.rows.get(key) });
  }

  private tell(change: TableChange<PayloadOf<Contract>>): void {
    for (const listener of this.listeners) {
      try {
        listener(change);
      } catch (error) {
        this.parts.logger.error('table.listener-failed', { topic: this.topic, key: change.key, error });
      }
    }
  }
}
