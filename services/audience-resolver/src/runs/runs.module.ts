import { Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { ConfigurationTable, KafkaConnection, MessagePublisher, type BatchTransport } from '@postrider/kafka';
import { Logger, Metrics, TRANSPORT_STRATEGY } from '@postrider/runtime';
import { RunBells } from './bell.js';
import { RunAnnouncer } from './run-announcer.js';
import { RunControl } from './run-control.service.js';
import { RunIntake } from './run-intake.js';
import { RunMetrics } from './run-metrics.js';
import { RunPreviews } from './run-preview.service.js';
import { RunSupervisor } from './run-supervisor.service.js';
import { RunWorkers } from './run-workers.service.js';
import type { RunsConfig } from './runs.config.js';
import { RunsController } from './runs.controller.js';
import { ShardWorker } from './shard-worker.js';
import { WaitingRuns } from './waiting-runs.js';

const SEND_DEADLINE_MS = 10_000;
/** A new run waits for a worker this long at most. */
const TURN_MS = 500;

/** A publisher of the runs' own: thousands of their records wait in it, and nothing else has to wait behind them. */
class RunPublisher implements OnApplicationShutdown {
  constructor(readonly publisher: MessagePublisher) {}

  onApplicationShutdown(): Promise<void> {
    return this.publisher.close();
  }
}

/** Accepted audience executions on their way to recipients. Needs the kafka, configuration, database and internal API modules. */
@Module({})
export class RunsModule {
  static with(config: RunsConfig & { KAFKA_COMPRESSION: 'none' | 'gzip' }): DynamicModule {
    return {
      module: RunsModule,
      controllers: [RunsController],
      providers: [RunBells, RunMetrics, RunControl, RunPreviews, ...announcing, intake(config), publisher(config.KAFKA_COMPRESSION), workers(config), supervisor(config)],
      exports: [RunIntake],
    };
  }
}

const announcing: Provider[] = [{ provide: RunAnnouncer, useFactory: (sql: Sql, common: MessagePublisher) => new RunAnnouncer(sql, common), inject: [Sql, MessagePublisher] }];

function intake(config: RunsConfig): Provider {
  return {
    provide: RunIntake,
    useFactory: (sql: Sql, configurations: ConfigurationTable, announcer: RunAnnouncer, bells: RunBells) =>
      new RunIntake({ sql, configurations, announcer, bells }, config.RUN_SHARDS),
    inject: [Sql, ConfigurationTable, RunAnnouncer, RunBells],
  };
}

function publisher(compression: 'none' | 'gzip'): Provider {
  return {
    provide: RunPublisher,
    useFactory: (connection: KafkaConnection, logger: Logger, metrics: Metrics) =>
      new RunPublisher(new MessagePublisher(connection, { compression, sendDeadlineMs: SEND_DEADLINE_MS }, logger, metrics)),
    inject: [KafkaConnection, Logger, Metrics],
  };
}

type WorkersParts = [Sql, ConfigurationTable, RunMetrics, RunBells, Logger, RunPublisher, BatchTransport];

function workers(config: RunsConfig): Provider {
  const options = { pageMembers: config.RUN_PAGE_MEMBERS, leaseMs: config.RUN_LEASE_MS, turnMs: TURN_MS };
  return {
    provide: RunWorkers,
    useFactory: (...[sql, configurations, metrics, bells, logger, own, transport]: WorkersParts) => {
      const worker = new ShardWorker({ sql, configurations, metrics, publisher: own.publisher, bulkMayBegin: () => transport.bulkMayBegin() }, options);
      return new RunWorkers({ sql, worker, bells, metrics, logger }, config);
    },
    inject: [Sql, ConfigurationTable, RunMetrics, RunBells, Logger, RunPublisher, TRANSPORT_STRATEGY],
  };
}

function supervisor(config: RunsConfig): Provider {
  return {
    provide: RunSupervisor,
    useFactory: (...[sql, configurations, announcer, bells, logger]: [Sql, ConfigurationTable, RunAnnouncer, RunBells, Logger]) => {
      const waiting = new WaitingRuns(sql, configurations, config.RUN_SHARDS);
      return new RunSupervisor({ sql, configurations, waiting, announcer, bells, logger }, config.RUN_POLL_MS);
    },
    inject: [Sql, ConfigurationTable, RunAnnouncer, RunBells, Logger],
  };
}
