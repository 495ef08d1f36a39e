import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { TokenIssuers } from '@postrider/auth';
import { DatabaseModule, databaseSettings } from '@postrider/database';
import { ConfigurationTableModule, KafkaModule, kafkaSettings } from '@postrider/kafka';
import { RedisModule } from '@postrider/locks';
import { RuntimeModule } from '@postrider/runtime';
import { CallController } from './calls/call.controller.js';
import { CallService } from './calls/call.service.js';
import { Decider } from './calls/decider.js';
import { DryRunService } from './calls/dry-run.service.js';
import { KnownIdentities } from './calls/known-identities.js';
import { LiveCampaigns } from './calls/live-campaigns.js';
import type { Config } from './config.js';
import { entities, migrations, schema } from './data-source.js';
import { DispatcherClient } from './executions/dispatcher.client.js';
import { ExecutionsController } from './executions/executions.controller.js';
import { ExecutionsService } from './executions/executions.service.js';
import { OldestPending } from './executions/oldest-pending.js';
import { ImHealthController } from './health/im-health.controller.js';
import { ExecutionStore } from './intake/execution-store.js';
import { Publications } from './intake/publication.js';
import { PublishedMarks } from './intake/published-marks.js';
import { Admission } from './limits/admission.js';
import { Entrance } from './limits/entrance.js';
import { Gate } from './limits/gate.js';
import { LIMITS, type Limits } from './limits/limits.js';
import { RateLimiter } from './limits/rate-limiter.js';

const SERVICE = 'ingest-api';
/** A caller waits for it. */
const SEND_DEADLINE_MS = 5_000;

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: infrastructureOf(config),
      controllers: [CallController, ExecutionsController, ImHealthController],
      providers: [
        ...settingsOf(config),
        Gate, Entrance, RateLimiter, Admission,
        CallService, Decider, DryRunService, KnownIdentities, LiveCampaigns,
        ExecutionStore, Publications, PublishedMarks,
        ExecutionsService, OldestPending,
      ],
    };
  }
}

function settingsOf(config: Config): Provider[] {
  const limits: Limits = {
    ratePerSecond: config.RATE_LIMIT_PER_SECOND,
    maxCallsInFlight: config.MAX_CALLS_IN_FLIGHT,
    maxPublisherBacklog: config.MAX_PUBLISHER_BACKLOG,
  };
  return [
    { provide: LIMITS, useValue: limits },
    { provide: TokenIssuers, useFactory: () => new TokenIssuers(config.JWT_ISSUERS) },
    { provide: DispatcherClient, useFactory: () => new DispatcherClient(config.DISPATCHER_URL, config.INTERNAL_TOKEN) },
  ];
}

function infrastructureOf(config: Config): DynamicModule[] {
  return [
    RuntimeModule.register({ service: SERVICE, config }),
    KafkaModule.register({
      ...kafkaSettings(config),
      clientId: SERVICE,
      sendDeadlineMs: SEND_DEADLINE_MS,
    }),
    ConfigurationTableModule.register(),
    DatabaseModule.register({ ...databaseSettings(config), applicationName: SERVICE, schema, entities, migrations }),
    RedisModule.register({ url: config.REDIS_URL }),
  ];
}
