/**
 * One consumer of one topic for one group: what kafkajs fetches goes into an {@link Assignment}, which calls the handler.
 * Guarantee: the client never gets an exception of a handler, and a handler may be slower than the session timeout. Before
 * the partitions are given away, handlers that work are waited for and their offsets committed.
 * Limits: one fetch is taken ahead of the handlers, not more. A handler that goes on longer than half a session after a
 * rebalance began is given up on: the next owner handles its records again.
 * Failure modes: a client that ended for good calls `onFatal`, and the process must end, so that a supervisor starts it anew.
 */
import type { Lane, MessageContract } from '@postrider/contracts';
import { within, type Logger } from '@postrider/runtime';
import type { Batch as FetchedBatch, Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { Assignment } from './assignment.js';
import type { Batch } from './batch.js';
import { callReporter } from './call-report.js';
import type { KafkaConnection } from './connection.js';
import type { ConsumerMetrics, ObservedConsumer } from './consumer-metrics.js';
import { ConsumerWatch } from './consumer-watch.js';
import type { HandlerOutcome } from './consumes.js';
import { deadLetter, type Letter } from './dead-letter.js';
import { assignerWith } from './group-membership.js';
import { intake } from './intake.js';
import { NO_LANE, type HeldLane, type LaneGate, type LaneSide } from './lane-gate.js';
import type { PartitionOffset } from './offset-commits.js';
import type { Portion } from './partition-queues.js';
import type { MessagePublisher } from './publisher.js';
import { runHandler } from './run-handler.js';

export interface TopicConsumerOptions {
  contract: MessageContract;
  /** As it is called on the cluster, as is the group. */
  topic: string;
  group: string;
  deadLetterTopic: string;
  sessionTimeoutMs: number;
  concurrentBatches: number;
  maxBatchMessages: number;
  /** Of a contract with lanes. */
  lane: { name: Lane; gate: LaneGate } | undefined;
  handle: (batch: Batch<unknown>) => Promise<HandlerOutcome>;
  onFatal: (error: unknown) => void;
}

export interface TopicConsumerParts {
  connection: KafkaConnection;
  publisher: MessagePublisher;
  logger: Logger;
  metrics: ConsumerMetrics;
}

/** All partitions of a fetch are handed over at once, and wait together; those beyond wait for them. The client wakes so many workers at each fetch. */
const PARTITIONS_AT_ONCE = 64;
const MAX_WAIT_MS = 1_000;
const HEARTBEAT_MS = 1_000;
const MAX_FETCH_BYTES = 4 << 20;
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 20, factor: 0.2, multiplier: 2 };

export class TopicConsumer implements ObservedConsumer {
  readonly topic: string;
  private readonly consumer: Consumer;
  private readonly watch: ConsumerWatch;
  private readonly held: HeldLane | undefined;
  /** Replaced at each join. */
  private current: Assignment;
  /** By whom a batch was fetched: what was fetched before a join is not handled after it. */
  private readonly fetchedFor = new WeakMap<FetchedBatch, Assignment>();
  private latest: EachBatchPayload | undefined;
  private isStopping = false;
  private letGo: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => (this.letGo = resolve));

  constructor(
    private readonly options: TopicConsumerOptions,
    private readonly parts: TopicConsumerParts,
  ) {
    this.topic = options.topic;
    this.consumer = parts.connection.kafka.consumer({
      groupId: options.group,
      partitionAssigners: [assignerWith({ beforeJoin: () => this.startAnew(), beforeFetch: () => this.beginFetch() })],
      sessionTimeout: options.sessionTimeoutMs,
      heartbeatInterval: Math.min(HEARTBEAT_MS, options.sessionTimeoutMs / 4),
      rebalanceTimeout: options.sessionTimeoutMs * 2,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytes: MAX_FETCH_BYTES,
      allowAutoTopicCreation: false,
      // Once it is stopped, the client must not start it again behind our back.
      retry: { ...RETRY, restartOnFailure: async () => !this.isStopping },
    });
    this.watch = new ConsumerWatch(this.consumer, options.onFatal);
    if (options.lane?.name === 'bulk') this.held = options.lane.gate.second(() => this.current.resume());
    this.current = this.anAssignment();
  }

  async start(): Promise<void> {
    this.parts.metrics.observe(this);
    this.watch.start();
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: this.options.topic, fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.receive(payload),
    });
  }

  /** Takes no more work, lets handlers finish, commits what they did, and leaves the group. */
  async stop(deadlineMs: number): Promise<void> {
    this.isStopping = true;
    this.watch.stop();
    await this.current.end(deadlineMs);
    const stopped = this.consumer.disconnect();
    this.letGo();
    await stopped;
  }

  get assignment(): Assignment {
    return this.current;
  }

  /** How long its records have waited, in all, for the transactional lane; undefined where they never do. */
  get heldMs(): number | undefined {
    return this.held?.heldMs;
  }

  /** For how long it has not been in its group. */
  get outsideMs(): number {
    return this.watch.outsideMs;
  }

  private anAssignment(): Assignment {
    const { topic, concurrentBatches, maxBatchMessages } = this.options;
    return new Assignment({
      topic,
      concurrentBatches,
      maxBatchMessages,
      lane: this.laneSide(),
      logger: this.parts.logger,
      handle: (portions, signal) => this.handle(portions, signal),
      commit: (offsets) => this.commit(offsets),
    });
  }

  private laneSide(): LaneSide {
    return this.held ?? this.options.lane?.gate.first() ?? NO_LANE;
  }

  private async startAnew(): Promise<void> {
    const ended = this.current;
    await ended.end(this.options.sessionTimeoutMs / 2);
    if (!this.isStopping) this.current = this.anAssignment();
  }

  private beginFetch(): (batches: readonly FetchedBatch[]) => void {
    const assignment = this.current;
    return (batches) => {
      for (const batch of batches) this.fetchedFor.set(batch, assignment);
    };
  }

  /** Returns, which lets the client fetch again, when all of the batch is in work. */
  private async receive(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const assignment = this.current;
    if (this.isStopping) return this.released;
    if (this.fetchedFor.get(batch) !== assignment) return;
    this.latest = payload;
    assignment.add(batch.partition, batch.messages, batch.highWatermark);
    payload.resolveOffset(batch.lastOffset());
    // A heartbeat that fails leaves here: the client then joins anew, and the assignment ends.
    while (!(await this.hasRoom(assignment))) await payload.heartbeat();
  }

  /** False when it is time for a heartbeat first. */
  private async hasRoom(assignment: Assignment): Promise<boolean> {
    return (await within(HEARTBEAT_MS, assignment.room().then(() => true))) ?? false;
  }

  private async commit(partitions: PartitionOffset[]): Promise<void> {
    await this.latest?.commitOffsetsIfNecessary({ topics: [{ topic: this.options.topic, partitions }] });
  }

  private async handle(portions: readonly Portion<KafkaMessage>[], signal: AbortSignal): Promise<boolean> {
    const { contract, topic, group, deadLetterTopic, handle } = this.options;
    const { publisher, logger, metrics } = this.parts;
    try {
      const incoming = portions.flatMap(({ partition, items }) => items.map((record) => intake(contract, topic, partition, record)));
      const report = callReporter({ topic, group, logger, metrics });
      const bury = async (letters: readonly Letter[]): Promise<void> => {
        await deadLetter(publisher, { topic: deadLetterTopic, group }, letters);
        for (const { why } of letters) metrics.buried(topic, why.code);
      };
      return await runHandler({ handle, report, deadLetter: bury, logger, topic }, incoming, signal);
    } catch (error) {
      logger.error('batch.runner-failed', { topic, error });
      this.options.onFatal(error);
      return false;
    }
  }
}
