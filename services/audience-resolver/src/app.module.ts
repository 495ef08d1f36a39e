import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule, databaseSettings } from '@postrider/database';
import { ConfigurationTableModule, KafkaModule, kafkaSettings } from '@postrider/kafka';
import { InternalApiModule, RuntimeModule } from '@postrider/runtime';
import type { Config } from './config.js';
import { entities, migrations, schema } from './data-source.js';
import { EvaluationModule } from './evaluation/evaluation.module.js';
import { ExpansionModule } from './expansion/expansion.module.js';
import { MembersModule } from './members/members.module.js';
import { RunsModule } from './runs/runs.module.js';
import { UploadsModule } from './uploads/uploads.module.js';

const SERVICE = 'audience-resolver';
/** An execution has up to 20 recipients, so a handler call makes up to 2,000 messages. */
const MAX_EXECUTIONS_A_BATCH = 100;

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const database = { applicationName: SERVICE, schema, entities, migrations };
    return {
      module: AppModule,
      imports: [
        RuntimeModule.register({ service: SERVICE, config }),
        KafkaModule.register({
          ...kafkaSettings(config),
          clientId: SERVICE,
          consumerGroup: SERVICE,
          maxBatchMessages: MAX_EXECUTIONS_A_BATCH,
        }),
        ConfigurationTableModule.register(),
        DatabaseModule.register({ ...databaseSettings(config), ...database }),
        InternalApiModule.register(config.INTERNAL_TOKEN),
        ExpansionModule.with(RunsModule.with(config)),
        EvaluationModule.with(config, { ...database, url: config.POSTGRES_URL }),
        MembersModule,
        UploadsModule.with(config),
      ],
    };
  }
}
