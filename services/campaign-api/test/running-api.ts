import { ConfigurationChanged, type Configuration } from '@postrider/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService, listen, parseConfig } from '@postrider/runtime';
import { TopicReader, freshDatabase, freshTopics, type FreshDatabase, type FreshTopics } from '@postrider/testing';
import { Client } from 'pg';
import { AppModule } from '../src/app.module.js';
import { BootstrapService } from '../src/bootstrap/bootstrap.service.js';
import { configSchema } from '../src/config.js';
import { AdminClient, type Credentials } from './admin-client.js';

export const INTERNAL_TOKEN = 'spec-internal-token';
export const SEALING_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
/** A port on which nothing listens. */
export const NOWHERE = '127.0.0.1:1';

export const ACME: Credentials = { orgId: 'acme', sandbox: 'prod', apiKey: 'acme-first-key', token: 'acme-token-0123456789-0123456789' };
export const GLOBEX: Credentials = { orgId: 'globex', sandbox: 'prod', apiKey: 'globex-first-key', token: 'globex-token-0123456789-012345678' };

/** The whole service on real servers, with topics and a database of its own. */
export class RunningApi {
  private readonly apps: NestFastifyApplication[] = [];
  private readonly readers: TopicReader[] = [];
  private url = '';

  private constructor(
    readonly topics: FreshTopics,
    readonly database: FreshDatabase,
  ) {}

  /** Servers; no process yet. */
  static async prepare(): Promise<RunningApi> {
    const [topics, database] = await Promise.all([freshTopics(), freshDatabase()]);
    return new RunningApi(topics, database);
  }

  get topic(): string {
    return this.topics.prefix + ConfigurationChanged.topic;
  }

  environment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      HTTP_PORT: '0', LOG_LEVEL: 'silent', POSTRIDER_MODE: 'local',
      KAFKA_BROKERS: this.topics.brokers.join(), KAFKA_TOPIC_PREFIX: this.topics.prefix,
      POSTGRES_URL: this.database.urlFor('campaigns'), INTERNAL_TOKEN, SEALING_KEYS,
      PROFILE_CREATOR_URL: `http://${NOWHERE}`, WEBHOOK_NOTIFIER_URL: `http://${NOWHERE}`, AUDIENCE_RESOLVER_URL: `http://${NOWHERE}`,
      BOOTSTRAP_ORG_ID: ACME.orgId, BOOTSTRAP_SANDBOX: ACME.sandbox, BOOTSTRAP_API_KEY: ACME.apiKey, BOOTSTRAP_TOKEN: ACME.token, BOOTSTRAP_DEFAULT_REGION: 'SE',
      ...changes,
    };
  }

  async start(changes: NodeJS.ProcessEnv = {}): Promise<NestFastifyApplication> {
    const config = parseConfig(configSchema, this.environment(changes));
    const app = await createService(AppModule.with(config));
    await listen(app, config);
    this.apps.push(app);
    this.url = await app.getUrl();
    return app;
  }

  /** As the first key of a tenant. */
  as(credentials: Credentials): AdminClient {
    return new AdminClient(this.url, credentials);
  }

  /** A second organization, which only an operator can make. */
  async establish(app: NestFastifyApplication, credentials: Credentials): Promise<AdminClient> {
    await app.get(BootstrapService, { strict: false }).establish({ ...credentials, defaultRegion: 'US' });
    return this.as(credentials);
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
  }

  /** Follows the configuration topic from its beginning. */
  async follow(): Promise<ConfigurationLog> {
    const reader = await TopicReader.start(this.topics.brokers, [this.topic]);
    this.readers.push(reader);
    return new ConfigurationLog(reader);
  }

  async sql<Row>(statement: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.database.adminUrl });
    await client.connect();
    try {
      return (await client.query(statement, values)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async drop(): Promise<void> {
    await this.stop();
    await Promise.all(this.readers.map((reader) => reader.stop()));
    await this.topics.drop();
    await this.database.drop();
  }
}

/** What the topic says. */
export class ConfigurationLog {
  constructor(private readonly reader: TopicReader) {}

  /** States of one thing in the order of the log; undefined for a tombstone. */
  statesOf<State extends Configuration>(kind: Configuration['kind'], id: string): (State | undefined)[] {
    return this.reader.records().filter(({ key }) => key === `${kind}:${id}`).map(({ value }) => (value ? (JSON.parse(value.toString()) as State) : undefined));
  }

  keys(): string[] {
    return this.reader.records().map(({ key }) => key ?? '');
  }
}
