/**
 * One consumer of one topic for one group.
 * Guarantee: offsets are committed only after the handler is done with what lies below them. The client never gets an
 * exception of a handler. While a handler works, heartbeats go on, so it may be slower than the session timeout.
 * Limits: after a rebalance or a lost session the batch in work is handled again by whoever has the partition then.
 * Failure modes: a client that ended for good calls `onFatal`, and the process must end, so that a supervisor starts it anew.
 */
import type { MessageContract } from '@postrider/contracts';
import type { Logger } from '@postrider/runtime';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import type { ConsumerMetrics } from './consumer-metrics.js';
import type { HandlerOutcome } from './consumes.js';
import type { Batch } from './batch.js';
import { deadLetter } from './dead-letter.js';
import { Gatherer } from './gatherer.js';
import { intake, type Incoming } from './intake.js';
import type { MessagePublisher } from './publisher.js';
import { runHandler, type HandlerPort } from './run-handler.js';

export interface TopicConsumerOptions {
  contract: MessageContract;
  /** As it is called on the cluster, as is the group. */
  topic: string;
  group: string;
  deadLetterTopic: string;
  sessionTimeoutMs: number;
  concurrentBatches: number;
  maxBatchMessages: number;
  handle: (batch: Batch<unknown>) => Promise<HandlerOutcome>;
  onFatal: (error: unknown) => void;
}

export interface TopicConsumerParts {
  connection: KafkaConnection;
  publisher: MessagePublisher;
  logger: Logger;
  metrics: ConsumerMetrics;
}

const PARTITIONS_AT_ONCE = 64;
const MAX_WAIT_MS = 1_000;
const RETRY = { initialRetryTime: 100, maxRetryTime: 3_000, retries: 8, factor: 0.2, multiplier: 2, restartOnFailure: async () => true };

export class TopicConsumer {
  private readonly consumer: Consumer;
  private readonly gatherer: Gatherer<Incoming>;
  /** Aborted, and replaced, at each loss of the partitions; aborted for good at the stop. */
  private ownership = new AbortController();
  private isStopping = false;
  private readonly inWork = new Set<EachBatchPayload>();

  constructor(
    private readonly options: TopicConsumerOptions,
    private readonly parts: TopicConsumerParts,
  ) {
    this.consumer = parts.connection.kafka.consumer({
      groupId: options.group,
      sessionTimeout: options.sessionTimeoutMs,
      heartbeatInterval: Math.floor(options.sessionTimeoutMs / 10),
      rebalanceTimeout: options.sessionTimeoutMs * 2,
      maxWaitTimeInMs: MAX_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: RETRY,
    });
    this.gatherer = new Gatherer({
      concurrency: options.concurrentBatches,
      maxMessages: options.maxBatchMessages,
      handle: (incoming) => this.handle(incoming),
    });
  }

  async start(): Promise<void> {
    this.watch();
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: this.options.topic, fromBeginning: true });
    await this.consumer.run({
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.receive(payload),
    });
  }

  /** Ends the waiting of handlers, lets those that work finish, commits what they did, and leaves the group. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.ownership.abort();
    await this.consumer.stop();
  }

  async disconnect(): Promise<void> {
    await this.consumer.disconnect();
  }

  private watch(): void {
    const { CRASH, REBALANCING, GROUP_JOIN } = this.consumer.events;
    this.consumer.on(CRASH, ({ payload }) => {
      this.loseOwnership();
      if (!payload.restart && !this.isStopping) this.options.onFatal(payload.error);
    });
    this.consumer.on(REBALANCING, () => this.loseOwnership());
    this.consumer.on(GROUP_JOIN, () => {
      if (!this.isStopping) this.ownership = new AbortController();
    });
  }

  private loseOwnership(): void {
    this.ownership.abort();
  }

  private async receive(payload: EachBatchPayload): Promise<void> {
    if (!payload.isRunning() || payload.isStale() || this.ownership.signal.aborted) return;
    const { batch } = payload;
    const { contract, topic } = this.options;
    const incoming = batch.messages.map((record) => intake(contract, topic, batch.partition, record));
    this.parts.metrics.received(topic, batch.partition, Number(batch.offsetLag()), incoming[0]?.received.publishedAt);
    this.inWork.add(payload);
    try {
      if (await this.gatherer.add(incoming)) payload.resolveOffset(batch.lastOffset());
    } finally {
      this.inWork.delete(payload);
    }
  }

  /** Never throws; false when the records were given up. */
  private async handle(incoming: readonly Incoming[]): Promise<boolean> {
    const { signal } = this.ownership;
    if (signal.aborted) return false;
    const startedAt = performance.now();
    const stopHeartbeats = this.keepAlive();
    try {
      const result = await runHandler(this.port(), incoming, signal);
      this.report(incoming, result, performance.now() - startedAt);
      return result.outcome === 'done';
    } catch (error) {
      this.parts.logger.error('batch.runner-failed', { topic: this.options.topic, error });
      this.options.onFatal(error);
      return false;
    } finally {
      stopHeartbeats();
    }
  }

  private port(): HandlerPort {
    const { handle, deadLetterTopic: topic, group } = this.options;
    const { publisher, logger } = this.parts;
    return { handle, logger, topic: this.options.topic, deadLetter: (letters) => deadLetter(publisher, { topic, group }, letters) };
  }

  /** kafkajs has no heartbeat of its own while a batch is handled. A heartbeat that fails means that the partitions are lost. */
  private keepAlive(): () => void {
    const timer = setInterval(() => {
      const [payload] = this.inWork;
      payload?.heartbeat().catch(() => this.loseOwnership());
    }, this.options.sessionTimeoutMs / 10);
    return () => clearInterval(timer);
  }

  private report(incoming: readonly Incoming[], result: Awaited<ReturnType<typeof runHandler>>, ms: number): void {
    const { topic } = this.options;
    this.parts.metrics.handled(topic, incoming.length, result, ms);
    const level = result.attempts > 1 || result.deadLetters > 0 || result.outcome !== 'done' ? 'warn' : 'info';
    this.parts.logger[level]('batch.handled', {
      topic,
      group: this.options.group,
      ranges: rangesOf(incoming),
      count: incoming.length,
      outcome: result.outcome,
      attempts: result.attempts,
      deadLetters: result.deadLetters,
      ms: Math.round(ms),
    });
  }
}

/** `partition:first-last` of each partition in the batch. */
function rangesOf(incoming: readonly Incoming[]): string[] {
  const ranges = new Map<number, [string, string]>();
  for (const { received } of incoming) {
    const range = ranges.get(received.partition);
    if (range) range[1] = received.offset;
    else ranges.set(received.partition, [received.offset, received.offset]);
  }
  return [...ranges].map(([partition, [first, last]]) => `${partition}:${first}-${last}`);
}
