import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigurationChanged, type Configuration } from '@postrider/contracts';
import { createService, listen, parseConfig } from '@postrider/runtime';
import { TopicWriter, freshDatabase, freshTopics, type FreshDatabase, type FreshTopics } from '@postrider/testing';
import { AppModule } from '../src/app.module.js';
import { configSchema } from '../src/config.js';
import { TENANT } from './builders.js';

export const INTERNAL_TOKEN = 'spec-internal-token';

const SANDBOX: Configuration = { kind: 'sandbox', id: TENANT, sandboxId: 'prod', orgId: 'acme', name: 'prod', defaultRegion: 'SE' };

const namespaceOf = (symbol: string, custom: boolean): Configuration => ({
  kind: 'namespace', id: `${TENANT}/${symbol.toLowerCase()}`, tenantId: TENANT, name: symbol, symbol, type: 'Cross-device', custom,
});

/** The content uses `firstName` and `address`, of all attributes. */
export const VERSION: Configuration = {
  kind: 'campaign-version',
  id: '0198f5a2-0000-7000-8000-000000000002',
  tenantId: TENANT,
  campaignId: '0198f5a2-0000-7000-8000-000000000001',
  version: 1,
  channel: 'email',
  channelConfigurationId: '0198f5a2-0000-7000-8000-000000000009',
  content: { subject: 'Order {{context.order}}', html: '<p>Hello {{profile.firstName}} in {{profile.address.city}}</p>', text: '', listUnsubscribe: null },
  identityType: 'email',
  unknownProfiles: 'create',
  enableWebhooks: false,
  unknownOutcome: 'never-twice',
  messageLifetimeSeconds: 86_400,
  contextSchema: {},
};

/** The whole service on real servers, with topics and a database of its own. */
export class RunningService {
  readonly apps: NestFastifyApplication[] = [];

  private constructor(
    readonly topics: FreshTopics,
    readonly database: FreshDatabase,
    readonly writer: TopicWriter,
  ) {}

  /** Servers and configuration; no process yet. */
  static async prepare(): Promise<RunningService> {
    const [topics, database] = await Promise.all([freshTopics(), freshDatabase()]);
    const writer = await TopicWriter.start(topics.brokers, topics.prefix);
    await writer.write(ConfigurationChanged, [SANDBOX, VERSION, namespaceOf('Email', false), namespaceOf('ECID', false), namespaceOf('Loyalty', true)]);
    return new RunningService(topics, database, writer);
  }

  async start(): Promise<NestFastifyApplication> {
    const config = parseConfig(configSchema, {
      HTTP_PORT: '0',
      LOG_LEVEL: 'silent',
      KAFKA_BROKERS: this.topics.brokers.join(),
      KAFKA_TOPIC_PREFIX: this.topics.prefix,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      POSTGRES_URL: this.database.urlFor('profiles'),
      INTERNAL_TOKEN,
    });
    const app = await createService(AppModule.with(config));
    await listen(app, config);
    this.apps.push(app);
    return app;
  }

  async endAll(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
  }

  async drop(): Promise<void> {
    await this.endAll();
    await this.writer.stop();
    await this.topics.drop();
    await this.database.drop();
  }
}
