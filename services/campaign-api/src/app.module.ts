import { Module, type DynamicModule } from '@nestjs/common';
import { DatabaseModule, databaseSettings } from '@postrider/database';
import { KafkaModule, kafkaSettings } from '@postrider/kafka';
import { InternalApiModule, RuntimeModule } from '@postrider/runtime';
import { SecretSealer } from '@postrider/secrets';
import { AudiencesModule } from './audiences/audiences.module.js';
import { BootstrapModule } from './bootstrap/bootstrap.module.js';
import { CampaignsModule } from './campaigns/campaigns.module.js';
import { ChannelConfigurationsModule } from './channel-configurations/channel-configurations.module.js';
import { firstTenantOf, type Config } from './config.js';
import { entities, migrations, schema } from './data-source.js';
import { EdgeModule } from './edge/edge.module.js';
import { ExecutionsModule } from './executions/executions.module.js';
import { FeedbackWebhooksModule } from './feedback-webhooks/feedback-webhooks.module.js';
import { NamespacesModule } from './namespaces/namespaces.module.js';
import { DocumentationModule } from './openapi/documentation.module.js';
import { PeerClient } from './peers/peer.client.js';
import { ProfilesModule } from './profiles/profiles.module.js';
import { SandboxesModule } from './sandboxes/sandboxes.module.js';

const SERVICE = 'campaign-api';
/** Short: an edit is kept in any case, and a stop of the process waits for what is being sent. */
const SEND_DEADLINE_MS = 3_000;

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return { module: AppModule, imports: [...infrastructureOf(config), ...featuresOf(config)] };
  }
}

function infrastructureOf(config: Config): DynamicModule[] {
  return [
    RuntimeModule.register({ service: SERVICE, config }),
    KafkaModule.register({
      ...kafkaSettings(config),
      clientId: SERVICE,
      sendDeadlineMs: SEND_DEADLINE_MS,
    }),
    DatabaseModule.register({ ...databaseSettings(config), applicationName: SERVICE, schema, entities, migrations }),
    InternalApiModule.register(config.INTERNAL_TOKEN),
  ];
}

function featuresOf(config: Config): NonNullable<DynamicModule['imports']> {
  const sealer = new SecretSealer(config.SEALING_KEYS);
  const profileCreator = new PeerClient('profile-creator', config.PROFILE_CREATOR_URL, config.INTERNAL_TOKEN);
  const resolver = new PeerClient('audience-resolver', config.AUDIENCE_RESOLVER_URL, config.INTERNAL_TOKEN);
  const notifier = new PeerClient('webhook-notifier', config.WEBHOOK_NOTIFIER_URL, config.INTERNAL_TOKEN);
  return [
    EdgeModule.register(config.JWT_ISSUERS),
    BootstrapModule.register(firstTenantOf(config)),
    SandboxesModule,
    NamespacesModule,
    ChannelConfigurationsModule.register(sealer),
    CampaignsModule.register(config.INGEST_PUBLIC_URL),
    AudiencesModule.register(resolver),
    ProfilesModule.register(profileCreator),
    FeedbackWebhooksModule.register({ sealer, notifier, allowHttp: config.WEBHOOK_ALLOW_HTTP }),
    ExecutionsModule,
    DocumentationModule,
  ];
}
