import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule } from '@postrider/database';
import { ConfigurationTableModule, KafkaModule } from '@postrider/kafka';
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
    const sending = SendingModule.with({ endpointConcurrency: config.WEBHOOK_ENDPOINT_CONCURRENCY, policy }, [queue, endpoints]);
    return {
      module: AppModule,
      imports: [
        RuntimeModule.register({ service: SERVICE, config }),
        KafkaModule.register({
          brokers: config.KAFKA_BROKERS,
          topicPrefix: config.KAFKA_TOPIC_PREFIX,
          clientId: SERVICE,
          consumerGroup: SERVICE,
          sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
          compression: config.KAFKA_COMPRESSION,
        }),
        ConfigurationTableModule.register(),
        DatabaseModule.register({
          url: config.POSTGRES_URL,
          poolSize: config.POSTGRES_POOL_SIZE,
          statementTimeoutMs: config.POSTGRES_STATEMENT_TIMEOUT_MS,
          applicationName: SERVICE,
          schema,
          entities,
          migrations,
        }),
        InternalApiModule.register(config.INTERNAL_TOKEN),
        FeedbackModule.with([endpoints, sending]),
        AdministrationModule.with([endpoints, sending]),
      ],
    };
  }
}
