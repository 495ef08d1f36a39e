import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { ConfigurationChanged } from '@postrider/contracts';
import { Health, Logger, Metrics, TRANSPORT_STRATEGY } from '@postrider/runtime';
import { BatchTransport } from './batch-transport.js';
import { ConfigurationTable } from './configuration-table.js';
import { KafkaConnection } from './connection.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import { GlobalTable } from './global-table.js';
import { MessagePublisher } from './publisher.js';

export interface KafkaOptions {
  brokers: string[];
  topicPrefix: string;
  /** The service's name: the client id, and the source of its events. */
  clientId: string;
  /** With it the process consumes what its `@Consumes` handlers name. */
  consumerGroup?: string;
  sessionTimeoutMs?: number;
  /** Handler calls at once for each topic, on disjoint partitions. */
  concurrentBatches?: number;
  maxBatchMessages?: number;
  /** Of the bulk lane, whose calls should be short: the transactional lane shares the process with one that has begun. */
  bulkBatchMessages?: number;
  compression?: 'none' | 'gzip';
  sendDeadlineMs?: number;
  stopDeadlineMs?: number;
  /** Called when a consumer ended for good; by default the process ends with 1. */
  onFatal?: (error: unknown) => void;
}

const DEFAULTS = {
  sessionTimeoutMs: 10_000,
  concurrentBatches: 2,
  maxBatchMessages: 500,
  bulkBatchMessages: 250,
  compression: 'none',
  sendDeadlineMs: 10_000,
  stopDeadlineMs: 8_000,
} as const;

/** Ends the process, so that a supervisor starts it again: a consumer that is gone must not look healthy. */
function endProcess(logger: Logger): (error: unknown) => void {
  return (error) => {
    logger.error('kafka.consumer-ended', { error });
    process.exit(1);
  };
}

/** Connects the publisher before the first message needs it, and closes it after everything that may still publish. */
class PublisherLife implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly publisher: MessagePublisher,
    health: Health,
  ) {
    health.register('kafka-publisher', () => publisher.ready());
  }

  onApplicationBootstrap(): void {
    // A broker that does not answer yet is seen at the readiness check, and at the first publish.
    this.publisher.ready().catch(() => undefined);
  }

  onApplicationShutdown(): Promise<void> {
    return this.publisher.close();
  }
}

/** Topics of the house: publishing, and consuming where a group is given. */
@Module({})
export class KafkaModule {
  static register(options: KafkaOptions): DynamicModule {
    const all = { ...DEFAULTS, ...options };
    const providers: Provider[] = [
      { provide: KafkaConnection, useFactory: (logger: Logger) => new KafkaConnection(all, logger), inject: [Logger] },
      {
        provide: MessagePublisher,
        useFactory: (connection: KafkaConnection, logger: Logger, metrics: Metrics) => new MessagePublisher(connection, all, logger, metrics),
        inject: [KafkaConnection, Logger, Metrics],
      },
      {
        provide: PublisherLife,
        useFactory: (publisher: MessagePublisher, health: Health) => new PublisherLife(publisher, health),
        inject: [MessagePublisher, Health],
      },
      transport(all),
    ];
    return { module: KafkaModule, global: true, providers, exports: [KafkaConnection, MessagePublisher, TRANSPORT_STRATEGY] };
  }
}

type Settings = KafkaOptions & Required<Pick<KafkaOptions, keyof typeof DEFAULTS>>;

/** Null where nothing is consumed. */
function transport({ consumerGroup, ...settings }: Settings): Provider {
  if (consumerGroup === undefined) return { provide: TRANSPORT_STRATEGY, useValue: null };
  return {
    provide: TRANSPORT_STRATEGY,
    useFactory: (connection: KafkaConnection, publisher: MessagePublisher, logger: Logger, metrics: Metrics, health: Health) =>
      new BatchTransport(
        { ...settings, consumerGroup, onFatal: settings.onFatal ?? endProcess(logger) },
        { connection, publisher, logger, health, metrics: new ConsumerMetrics(metrics) },
      ),
    inject: [KafkaConnection, MessagePublisher, Logger, Metrics, Health],
  };
}

/** Follows a table until the process ends. */
class TableShutdown implements OnApplicationShutdown {
  constructor(private readonly table: GlobalTable<typeof ConfigurationChanged>) {}

  onApplicationShutdown(): Promise<void> {
    return this.table.close();
  }
}

const TABLE = Symbol('ConfigurationGlobalTable');

/** Provides {@link ConfigurationTable}, read to its end before the application is initialised. Needs {@link KafkaModule}. */
@Module({})
export class ConfigurationTableModule {
  static register(): DynamicModule {
    return {
      module: ConfigurationTableModule,
      global: true,
      providers: [
        {
          provide: TABLE,
          useFactory: async (connection: KafkaConnection, logger: Logger) => {
            const table = new GlobalTable(ConfigurationChanged, { connection, logger, onFatal: endProcess(logger) });
            await table.load();
            return table;
          },
          inject: [KafkaConnection, Logger],
        },
        { provide: ConfigurationTable, useFactory: (table: GlobalTable<typeof ConfigurationChanged>) => new ConfigurationTable(table), inject: [TABLE] },
        { provide: TableShutdown, useFactory: (table: GlobalTable<typeof ConfigurationChanged>) => new TableShutdown(table), inject: [TABLE] },
      ],
      exports: [ConfigurationTable],
    };
  }
}
