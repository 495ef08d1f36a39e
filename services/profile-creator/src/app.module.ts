import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule, databaseSettings } from '@postrider/database';
import { ConfigurationTableModule, KafkaModule, kafkaSettings } from '@postrider/kafka';
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
          ...kafkaSettings(config),
          clientId: SERVICE,
          consumerGroup: SERVICE,
          maxBatchMessages: MAX_RECIPIENTS_A_BATCH,
        }),
        ConfigurationTableModule.register(),
        DatabaseModule.register({ ...databaseSettings(config), applicationName: SERVICE, schema, entities, migrations }),
        InternalApiModule.register(config.INTERNAL_TOKEN),
        AttachmentModule,
        AdministrationModule,
      ],
    };
  }
}
