import type { Logger } from '@postrider/runtime';
import { Kafka, logLevel, type LogEntry } from 'kafkajs';
import { guardRequestQueue } from './request-queue-guard.js';

export interface ConnectionOptions {
  brokers: string[];
  clientId: string;
  topicPrefix: string;
}

/** Always given: kafkajs's own defaults depend on NODE_ENV. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 8, factor: 0.2, multiplier: 2 };
const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** The cluster as this process sees it, and the names of its topics there. */
export class KafkaConnection {
  readonly kafka: Kafka;
  readonly topicPrefix: string;
  readonly clientId: string;

  constructor(options: ConnectionOptions, logger: Logger) {
    guardRequestQueue();
    this.topicPrefix = options.topicPrefix;
    this.clientId = options.clientId;
    this.kafka = new Kafka({
      brokers: options.brokers,
      clientId: options.clientId,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      enforceRequestTimeout: true,
      retry: RETRY,
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => forward(logger, entry),
    });
  }

  /** A name of the house as it is called on the cluster. */
  named(name: string): string {
    return this.topicPrefix + name;
  }
}

/** kafkajs reports as an error what it is about to try again, so nothing of it is more than a warning here. */
function forward(logger: Logger, { namespace, log: { message, error, ...rest } }: LogEntry): void {
  const { groupId, topic, broker, retryCount } = rest as Record<string, unknown>;
  logger.warn('kafka.client', { namespace, message, reason: error as unknown, groupId, topic, broker, retryCount });
}
