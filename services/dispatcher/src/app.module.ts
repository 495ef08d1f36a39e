import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule } from '@postrider/database';
import { ConfigurationTableModule, KafkaModule } from '@postrider/kafka';
import { RedisModule } from '@postrider/locks';
import { InternalApiModule, RuntimeModule } from '@postrider/runtime';
import { CancellationModule } from './cancellation/cancellation.module.js';
import type { Config } from './config.js';
import { entities, migrations, schema } from './data-source.js';
import { DeliveryModule } from './delivery/delivery.module.js';
import { SecretsModule } from './providers/secrets.module.js';

const SERVICE = 'dispatcher';
const CHUNKS_A_BATCH = 2;

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const options = { leaseMs: config.DISPATCH_LEASE_MS, chunkMessages: config.DISPATCH_CHUNK_MESSAGES, retryPollMs: config.RETRY_POLL_MS };
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
          // Several chunks share a claim and a mark in Redis.
          maxBatchMessages: CHUNKS_A_BATCH * config.DISPATCH_CHUNK_MESSAGES,
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
        RedisModule.register({ url: config.REDIS_URL }),
        InternalApiModule.register(config.INTERNAL_TOKEN),
        SecretsModule.with(config.SEALING_KEYS),
        DeliveryModule.with(options, config.FAULT_POINT),
        CancellationModule,
      ],
    };
  }
}
