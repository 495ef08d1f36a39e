import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule, databaseSettings } from '@postrider/database';
import { ConfigurationTableModule, KafkaModule, kafkaSettings } from '@postrider/kafka';
import { InternalApiModule, RuntimeModule } from '@postrider/runtime';
import { AdministrationModule } from './administration/administration.module.js';
import type { Config } from './config.js';
import { entities, migrations, schema } from './data-source.js';
import { EndpointsModule } from './endpoints/endpoints.module.js';
import { FeedbackModule } from './feedback/feedback.module.js';
import { QueueModule } from './queue/queue.module.js';
import { SendingModule } from './sending/sending.module.js';

const SERVICE = 'webhook-notifier';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const queue = QueueModule.with({ leaseMs: config.WEBHOOK_WORKER_LEASE_MS, retentionDays: config.WEBHOOK_RETENTION_DAYS });
    const endpoints = EndpointsModule.with(config.SEALING_KEYS, [queue]);
    const policy = { allowPrivateAddresses: config.WEBHOOK_ALLOW_PRIVATE_ADDRESSES, allowHttp: config.WEBHOOK_ALLOW_HTTP };
    const sending = SendingModule.with(
      { endpointConcurrency: config.WEBHOOK_ENDPOINT_CONCURRENCY, policy, statementTimeoutMs: config.POSTGRES_STATEMENT_TIMEOUT_MS },
      [queue, endpoints],
    );
    return {
      module: AppModule,
      imports: [
        RuntimeModule.register({ service: SERVICE, config }),
        KafkaModule.register({
          ...kafkaSettings(config),
          clientId: SERVICE,
          consumerGroup: SERVICE,
        }),
        ConfigurationTableModule.register(),
        DatabaseModule.register({ ...databaseSettings(config), applicationName: SERVICE, schema, entities, migrations }),
        InternalApiModule.register(config.INTERNAL_TOKEN),
        FeedbackModule.with([endpoints, sending]),
        AdministrationModule.with([endpoints, sending]),
      ],
    };
  }
}
