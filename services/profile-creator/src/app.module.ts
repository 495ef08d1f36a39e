import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule } from '@postrider/database';
import { ConfigurationTableModule, KafkaModule } from '@postrider/kafka';
import { InternalApiModule, RuntimeModule } from '@postrider/runtime';
import { AdministrationModule } from './administration/administration.module.js';
import { AttachmentModule } from './attachment/attachment.module.js';
import type { Config } from './config.js';
import { entities, migrations, schema } from './data-source.js';

const SERVICE = 'profile-creator';
/** One statement looks a whole batch up. */
const MAX_RECIPIENTS_A_BATCH = 500;

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
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
          maxBatchMessages: MAX_RECIPIENTS_A_BATCH,
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
        AttachmentModule,
        AdministrationModule,
      ],
    };
  }
}
