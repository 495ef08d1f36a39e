import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule, databaseSettings } from '@postrider/database';
import { ConfigurationTableModule, KafkaModule, kafkaSettings } from '@postrider/kafka';
import { RedisModule } from '@postrider/locks';
import { InternalApiModule, RuntimeModule } from '@postrider/runtime';
import { CancellationModule } from './cancellation/cancellation.module.js';
import type { Config } from './config.js';
import { entities, migrations, schema } from './data-source.js';
import { DeliveryModule } from './delivery/delivery.module.js';
import { PausingModule } from './pausing/pausing.module.js';
import { SecretsModule } from './providers/secrets.module.js';

const SERVICE = 'dispatcher';
const CHUNKS_A_BATCH = 4;

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const options = {
      leaseMs: config.DISPATCH_LEASE_MS,
      chunkMessages: config.DISPATCH_CHUNK_MESSAGES,
      retryPollMs: config.RETRY_POLL_MS,
      sendingWindowMs: config.SENDING_WINDOW_MS,
    };
    const delivery = DeliveryModule.with(options, config.FAULT_POINT);
    return {
      module: AppModule,
      imports: [
        RuntimeModule.register({ service: SERVICE, config }),
        KafkaModule.register({
          ...kafkaSettings(config),
          clientId: SERVICE,
          consumerGroup: SERVICE,
          // Several chunks share a claim and a mark in Redis.
          maxBatchMessages: CHUNKS_A_BATCH * config.DISPATCH_CHUNK_MESSAGES,
          bulkBatchMessages: config.DISPATCH_CHUNK_MESSAGES,
        }),
        ConfigurationTableModule.register(),
        DatabaseModule.register({ ...databaseSettings(config), applicationName: SERVICE, schema, entities, migrations }),
        RedisModule.register({ url: config.REDIS_URL }),
        InternalApiModule.register(config.INTERNAL_TOKEN),
        SecretsModule.with(config.SEALING_KEYS),
        delivery,
        CancellationModule.with(delivery),
        PausingModule.with(delivery),
      ],
    };
  }
}
