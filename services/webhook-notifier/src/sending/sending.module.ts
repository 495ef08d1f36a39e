import { Module, type DynamicModule } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { Logger } from '@postrider/runtime';
import { Claimer, ClaimerRoute } from './claimer.js';
import { Custody } from './custody.js';
import { DeliveryAttempts } from './delivery-attempts.js';
import { EndpointCaller } from './endpoint-caller.js';
import { Intake } from './intake.js';
import { Lanes } from './lanes.js';
import { Restraint } from './restraint.js';
import { Sender } from './sender.service.js';
import { SendingMetrics } from './sending-metrics.js';
import { SendingShutdown } from './sending-shutdown.js';
import { StrayClaims } from './stray-claims.js';
import { WebhookClient, type CallPolicy } from './webhook.client.js';

export interface SendingOptions {
  endpointConcurrency: number;
  policy: CallPolicy;
  /** The longest that a statement may take. */
  statementTimeoutMs: number;
}

@Module({})
export class SendingModule {
  static with({ endpointConcurrency, policy, statementTimeoutMs }: SendingOptions, imports: DynamicModule[]): DynamicModule {
    return {
      module: SendingModule,
      imports,
      providers: [
        { provide: Lanes, useFactory: () => new Lanes(endpointConcurrency) },
        { provide: WebhookClient, useFactory: () => new WebhookClient(policy) },
        {
          provide: StrayClaims,
          inject: [Sql, Lanes, Custody, Logger],
          useFactory: (sql: Sql, lanes: Lanes, custody: Custody, logger: Logger) => new StrayClaims(sql, lanes, custody, logger, 2 * statementTimeoutMs),
        },
        EndpointCaller, DeliveryAttempts, SendingMetrics, Restraint, Custody, Sender, ClaimerRoute, Claimer, Intake, SendingShutdown,
      ],
      exports: [Intake, EndpointCaller],
    };
  }
}
