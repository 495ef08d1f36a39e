/**
 * Nest's door to the consumers: one consumer for each topic of each contract that a `@Consumes` method handles.
 * Guarantee: it refuses to start when no handler, or a second one for a contract, is registered, and when a topic does not
 * exist. Shutdown stops taking work, lets handlers finish, commits, and leaves, within a deadline.
 */
import { topicOf, topicsOf, type Lane } from '@postrider/contracts';
import { within, type Health, type Logger } from '@postrider/runtime';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Batch } from './batch.js';
import type { KafkaConnection } from './connection.js';
import type { ConsumesExtras, HandlerOutcome } from './consumes.js';
import type { ConsumerMetrics } from './consumer-metrics.js';
import { LaneGate } from './lane-gate.js';
import type { MessagePublisher } from './publisher.js';
import { TopicConsumer } from './topic-consumer.js';
import { createDeadLetterTopics, deadLetterTopicOf } from './topics.js';

export interface TransportOptions {
  /** Without the prefix. */
  consumerGroup: string;
  sessionTimeoutMs: number;
  concurrentBatches: number;
  maxBatchMessages: number;
  bulkBatchMessages: number;
  stopDeadlineMs: number;
  onFatal: (error: unknown) => void;
}

export interface TransportParts {
  connection: KafkaConnection;
  publisher: MessagePublisher;
  logger: Logger;
  health: Health;
  metrics: ConsumerMetrics;
}

/** Of the time to stop: what handlers may use to finish; the rest is for leaving the group. */
const HANDLERS_SHARE = 0.7;
const OUT_OF_GROUP_MS = 30_000;

export class BatchTransport extends Server implements CustomTransportStrategy {
  private consumers: TopicConsumer[] = [];
  private readonly gate = new LaneGate();

  constructor(
    private readonly options: TransportOptions,
    private readonly parts: TransportParts,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.open().then(() => callback(), callback);
  }

  /** For bulk work that no topic brings: resolves when the transactional lane of this process rests. */
  bulkMayBegin(): Promise<void> {
    return this.gate.opened();
  }

  async close(): Promise<void> {
    const { stopDeadlineMs } = this.options;
    const stopped = Promise.all(this.consumers.map((consumer) => consumer.stop(stopDeadlineMs * HANDLERS_SHARE)));
    // Leaving can hang while the group rebalances: the end of the session does the same for us.
    await within(stopDeadlineMs, stopped.catch((error: unknown) => this.parts.logger.warn('kafka.stop-failed', { error })));
  }

  override on(): void {
    throw new Error('The batch transport emits no events of its own.');
  }

  override unwrap<T>(): T {
    return this.consumers as T;
  }

  private async open(): Promise<void> {
    const handlers = [...this.messageHandlers.values()];
    if (handlers.length === 0) throw new Error(`The group ${this.options.consumerGroup} has no @Consumes handler.`);
    this.consumers = handlers.flatMap((handler) => this.consumersOf(handler));
    await this.checkTopics(handlers);
    await Promise.all(this.consumers.map((consumer) => consumer.start())).catch(async (error: unknown) => {
      await this.close();
      throw error;
    });
    this.watchMembership();
  }

  /** Not ready when a consumer has been out of its group for longer than a rebalance takes. */
  private watchMembership(): void {
    this.parts.health.register('kafka-consumers', () => {
      const outside = this.consumers.filter(({ outsideMs }) => outsideMs > OUT_OF_GROUP_MS).map(({ topic }) => topic);
      if (outside.length > 0) throw new Error(`not consuming ${outside.join(', ')}`);
    });
  }

  private consumersOf(handler: MessageHandler): TopicConsumer[] {
    const { contract } = extrasOf(handler);
    if (handler.next) throw new Error(`Two handlers consume ${contract.topic}; a process has one for each contract.`);
    const lanes: readonly (Lane | undefined)[] = contract.lanes ?? [undefined];
    return lanes.map((lane) => this.consumerOf(handler, lane));
  }

  private consumerOf(handler: MessageHandler, lane: Lane | undefined): TopicConsumer {
    const { contract } = extrasOf(handler);
    const topic = topicOf(contract, lane);
    const { consumerGroup, maxBatchMessages, bulkBatchMessages } = this.options;
    const options = {
      ...this.options,
      contract,
      topic: this.parts.connection.named(topic),
      group: groupOf(this.parts.connection, consumerGroup, topic),
      deadLetterTopic: this.deadLetterTopicOf(topic),
      maxBatchMessages: lane === 'bulk' ? Math.min(bulkBatchMessages, maxBatchMessages) : maxBatchMessages,
      lane: lane && { name: lane, gate: this.gate },
      handle: (batch: Batch<unknown>) => callHandler(handler, batch),
    };
    return new TopicConsumer(options, this.parts);
  }

  private deadLetterTopicOf(topic: string): string {
    return this.parts.connection.named(deadLetterTopicOf(this.options.consumerGroup, topic));
  }

  private async checkTopics(handlers: readonly MessageHandler[]): Promise<void> {
    const { connection } = this.parts;
    const names = handlers.flatMap((handler) => topicsOf(extrasOf(handler).contract));
    const admin = connection.kafka.admin();
    await admin.connect();
    try {
      const present = new Set(await admin.listTopics());
      const missing = names.map((name) => connection.named(name)).filter((name) => !present.has(name));
      if (missing.length > 0) throw new Error(`Topics do not exist: ${missing.join(', ')}. Run the topic job first.`);
    } finally {
      await admin.disconnect();
    }
    await createDeadLetterTopics(connection, names.map((name) => this.deadLetterTopicOf(name)));
  }
}

/** One group for each topic, so that a rebalance of one does not stop the others. */
function groupOf(connection: KafkaConnection, group: string, topic: string): string {
  return connection.named(`${group}.${topic}`);
}

function extrasOf(handler: MessageHandler): ConsumesExtras {
  const extras = handler.extras as Partial<ConsumesExtras> | undefined;
  if (!extras?.contract) throw new Error('A handler listens to a pattern that is not a contract: use @Consumes.');
  return { contract: extras.contract };
}

async function callHandler(handler: MessageHandler, batch: Batch<unknown>): Promise<HandlerOutcome> {
  try {
    const answer: unknown = await handler(batch);
    return (isObservable(answer) ? await lastValueFrom(answer) : answer) as HandlerOutcome;
  } catch (error) {
    return { ok: false, error };
  }
}
