/**
 * A compacted topic as a table in memory (after Kafka Streams' GlobalKTable).
 * Guarantee: `load` resolves when everything that was in the topic at its call is in the table; from then on changes are
 * applied in the order of the log, milliseconds after they were published.
 * Limits: it holds all of the topic. A record that the contract does not accept is logged and passed over.
 * Failure modes: without a broker it keeps its last state and catches up later; a client that ended for good calls `onFatal`.
 */
import { randomUUID } from 'node:crypto';
import type { MessageContract, PayloadOf } from '@postrider/contracts';
import { topicOf } from '@postrider/contracts';
import type { Logger } from '@postrider/runtime';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { KafkaConnection } from './connection.js';

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

const SESSION_TIMEOUT_MS = 30_000;
const LOAD_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 3_000;
/** Offsets below the end may have been compacted away: a fetch that brings nothing shows that the end is reached. */
const IDLE_FETCH_MS = 250;
const RETRY = { initialRetryTime: 100, maxRetryTime: 3_000, retries: 8, factor: 0.2, multiplier: 2, restartOnFailure: async () => true };

export class GlobalTable<Contract extends MessageContract> {
  private readonly rows = new Map<string, PayloadOf<Contract>>();
  private readonly listeners: ((change: TableChange<PayloadOf<Contract>>) => void)[] = [];
  private readonly consumer: Consumer;
  private readonly topic: string;
  private readonly ends = new Map<number, bigint>();
  private isLoaded = false;
  private loaded: () => void = () => undefined;

  constructor(
    private readonly contract: Contract,
    private readonly parts: GlobalTableParts,
  ) {
    this.topic = parts.connection.named(topicOf(contract));
    this.consumer = parts.connection.kafka.consumer({
      // Every process reads everything, so each is a group of its own; it commits nothing, so nothing of it stays on the broker.
      groupId: parts.connection.named(`table.${parts.connection.clientId}.${randomUUID()}`),
      sessionTimeout: SESSION_TIMEOUT_MS,
      maxWaitTimeInMs: IDLE_FETCH_MS,
      allowAutoTopicCreation: false,
      retry: RETRY,
    });
  }

  /** @throws when the topic does not exist or was not read to its end within a minute */
  async load(): Promise<void> {
    await this.readEnds();
    const done = new Promise<void>((resolve) => (this.loaded = resolve));
    this.watch();
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: this.topic, fromBeginning: true });
    await this.consumer.run({ autoCommit: false, eachBatch: async (payload) => this.apply(payload) });
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.topic} was not read to its end in ${LOAD_DEADLINE_MS} ms.`)), LOAD_DEADLINE_MS);
    });
    await Promise.race([done, deadline]).finally(() => clearTimeout(timer));
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
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((done) => (timer = setTimeout(done, STOP_DEADLINE_MS)));
    await Promise.race([this.consumer.disconnect().catch(() => undefined), deadline]);
    clearTimeout(timer);
  }

  private async readEnds(): Promise<void> {
    const admin = this.parts.connection.kafka.admin();
    await admin.connect();
    try {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(this.topic)) {
        if (BigInt(high) > BigInt(low)) this.ends.set(partition, BigInt(high));
      }
    } finally {
      await admin.disconnect();
    }
  }

  private watch(): void {
    const { CRASH, GROUP_JOIN, FETCH } = this.consumer.events;
    this.consumer.on(CRASH, ({ payload }) => {
      if (!payload.restart) this.parts.onFatal(payload.error);
    });
    this.consumer.on(GROUP_JOIN, () => this.finishWhenComplete());
    this.consumer.on(FETCH, ({ payload }) => {
      if (!this.isLoaded && this.rows.size > 0 && payload.duration >= IDLE_FETCH_MS) this.finish();
    });
  }

  private apply({ batch }: EachBatchPayload): void {
    for (const { key, value, offset } of batch.messages) this.applyRecord(key?.toString() ?? '', value, offset);
    const end = this.ends.get(batch.partition);
    if (end !== undefined && BigInt(batch.lastOffset()) + 1n >= end) this.ends.delete(batch.partition);
    this.finishWhenComplete();
  }

  private applyRecord(key: string, value: Buffer | null, offset: string): void {
    try {
      if (value === null) this.rows.delete(key);
      else this.rows.set(key, this.contract.payload.parse(JSON.parse(value.toString())) as PayloadOf<Contract>);
      if (this.isLoaded) for (const listener of this.listeners) listener({ key, value: this.rows.get(key) });
    } catch (error) {
      this.parts.logger.error('table.record-skipped', { topic: this.topic, offset, error });
    }
  }

  private finishWhenComplete(): void {
    if (this.ends.size === 0) this.finish();
  }

  private finish(): void {
    if (this.isLoaded) return;
    this.isLoaded = true;
    this.loaded();
  }
}
