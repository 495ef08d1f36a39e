import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { TokenIssuers } from '@postrider/auth';
import { DatabaseModule, databaseSettings } from '@postrider/database';
import { ConfigurationTableModule, KafkaModule, kafkaSettings } from '@postrider/kafka';
import { RedisModule } from '@postrider/locks';
import { RuntimeModule } from '@postrider/runtime';
import { AudienceCallController } from './audiences/audience-call.controller.js';
import { AudienceCallService } from './audiences/audience-call.service.js';
import { AudienceDecider } from './audiences/audience-decider.js';
import { AudienceDryRunService } from './audiences/audience-dry-run.service.js';
import { ResolverClient } from './audiences/resolver.client.js';
import { Runs } from './audiences/runs.service.js';
import { CallController } from './calls/call.controller.js';
import { CallService } from './calls/call.service.js';
import { Decider } from './calls/decider.js';
import { DryRunService } from './calls/dry-run.service.js';
import { KnownIdentities } from './calls/known-identities.js';
import { LiveCampaigns } from './calls/live-campaigns.js';
import { Samples } from './calls/samples.js';
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
import { RequestIds } from './intake/request-ids.js';
import { Admission } from './limits/admission.js';
import { Entrance } from './limits/entrance.js';
import { Gate } from './limits/gate.js';
import { LIMITS, type Limits } from './limits/limits.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { Bookings } from './schedules/bookings.service.js';
import { DueCalls, LATE_POLICY, type LatePolicy } from './schedules/due-calls.js';
import { Scheduler } from './schedules/scheduler.js';
import { SchedulesController } from './schedules/schedules.controller.js';
import { SchedulesService } from './schedules/schedules.service.js';
import { ExecutionRequestedHandler } from './trigger/execution-requested.handler.js';
import { TriggerService } from './trigger/trigger.service.js';

const SERVICE = 'ingest-api';
/** A caller waits for it. */
const SEND_DEADLINE_MS = 5_000;
/** As many as the statement takes that stores them. */
const MAX_REQUESTS_A_BATCH = 200;

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: infrastructureOf(config),
      controllers: [CallController, AudienceCallController, SchedulesController, ExecutionsController, ExecutionRequestedHandler, ImHealthController],
      providers: [
        ...settingsOf(config),
        Gate, Entrance, RateLimiter, Admission,
        CallService, Decider, DryRunService, KnownIdentities, LiveCampaigns, Samples,
        ExecutionStore, Publications, PublishedMarks, RequestIds,
        ExecutionsService, OldestPending,
        AudienceCallService, AudienceDecider, AudienceDryRunService, Runs,
        Bookings, DueCalls, Scheduler, SchedulesService,
        TriggerService,
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
    { provide: ResolverClient, useFactory: () => new ResolverClient(config.AUDIENCE_RESOLVER_URL, config.INTERNAL_TOKEN) },
    { provide: LATE_POLICY, useValue: { late: config.SCHEDULE_LATE, lateAfterMs: config.SCHEDULE_LATE_AFTER_MS } satisfies LatePolicy },
  ];
}

function infrastructureOf(config: Config): DynamicModule[] {
  return [
    RuntimeModule.register({ service: SERVICE, config }),
    KafkaModule.register({
      ...kafkaSettings(config),
      clientId: SERVICE,
      consumerGroup: SERVICE,
      maxBatchMessages: MAX_REQUESTS_A_BATCH,
      sendDeadlineMs: SEND_DEADLINE_MS,
    }),
    ConfigurationTableModule.register(),
    DatabaseModule.register({ ...databaseSettings(config), applicationName: SERVICE, schema, entities, migrations, isPlannedOnce: true }),
    RedisModule.register({ url: config.REDIS_URL }),
  ];
}
