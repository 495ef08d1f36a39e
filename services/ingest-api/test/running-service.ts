import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ConfigurationChanged, ExecutionAccepted, ExecutionRejected, ExecutionRequested, ExecutionResolved, RecipientReady, topicOf, topicsOf,
  type AudienceDefinition, type CampaignState, type CampaignVersion, type Configuration,
} from '@postrider/contracts';
import { createService, listen, parseConfig } from '@postrider/runtime';
import { TopicReader, TopicWriter, eventually, freshDatabase, freshTopics, testStack, type FreshDatabase, type FreshTopics } from '@postrider/testing';
import { ConfigurationTable } from '@postrider/kafka';
import { Client } from 'pg';
import { AppModule } from '../src/app.module.js';
import { configSchema } from '../src/config.js';
import { SANDBOX, TOKEN, aCampaign, anApiKey, anAudience, type Campaign } from './builders.js';

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

export const INTERNAL_TOKEN = 'spec-internal-token-of-24';
const PUBLISHED = [ExecutionAccepted, RecipientReady, ExecutionResolved, ExecutionRejected];

/** The whole service on real servers, with topics and a database of its own. */
export class RunningService {
  readonly key = anApiKey();
  /** Where calls go, in place of the first that was started here. */
  base: string | undefined;
  private readonly apps: NestFastifyApplication[] = [];

  private constructor(
    readonly topics: FreshTopics,
    readonly database: FreshDatabase,
    private readonly writer: TopicWriter,
    private readonly reader: TopicReader,
    /** A superuser's. */
    readonly postgres: Client,
  ) {}

  /** On the shared broker, unless the spec has one of its own. */
  static async prepare(own?: FreshTopics): Promise<RunningService> {
    const [topics, database] = await Promise.all([own ?? freshTopics(), freshDatabase()]);
    const [writer, reader] = await Promise.all([
      TopicWriter.start(topics.brokers, topics.prefix),
      TopicReader.start(topics.brokers, PUBLISHED.flatMap(topicsOf).map((topic) => topics.prefix + topic)),
    ]);
    const postgres = new Client({ connectionString: database.adminUrl });
    await postgres.connect();
    const service = new RunningService(topics, database, writer, reader, postgres);
    await writer.write(ConfigurationChanged, [SANDBOX, service.key]);
    return service;
  }

  environment(settings: Record<string, string> = {}): Record<string, string> {
    return {
      HTTP_PORT: '0',
      LOG_LEVEL: 'silent',
      KAFKA_BROKERS: this.topics.brokers.join(),
      KAFKA_TOPIC_PREFIX: this.topics.prefix,
      POSTGRES_URL: this.database.urlFor('ingest'),
      REDIS_URL: testStack().redisUrl,
      INTERNAL_TOKEN,
      DISPATCHER_URL: 'http://127.0.0.1:9',
      AUDIENCE_RESOLVER_URL: 'http://127.0.0.1:9',
      ...settings,
    };
  }

  async start(settings: Record<string, string> = {}): Promise<NestFastifyApplication> {
    const config = parseConfig(configSchema, this.environment(settings));
    const app = await createService(AppModule.with(config));
    await listen(app, config);
    this.apps.push(app);
    return app;
  }

  /** Makes configuration known to every process that runs. */
  async configure(...changes: Configuration[]): Promise<void> {
    await this.writer.write(ConfigurationChanged, changes);
    await eventually(() => {
      for (const app of this.apps) {
        const table = app.get(ConfigurationTable, { strict: false });
        for (const change of changes) if (!isDeepStrictEqual(table.get(change.kind, change.id), change)) throw new Error(`${change.kind} is not known yet`);
      }
    }, { intervalMs: 10 });
  }

  async campaign(...overrides: Parameters<typeof aCampaign>): Promise<Campaign> {
    const made = aCampaign(...overrides);
    await this.configure(made.version, made.campaign);
    return made;
  }

  /** A live campaign that sends to an audience of its own. */
  async marketing(campaign: Partial<CampaignState> = {}, version: Partial<CampaignVersion> = {}): Promise<Campaign & { audience: AudienceDefinition }> {
    const audience = anAudience();
    await this.configure(audience);
    const made = await this.campaign({ campaignKind: 'marketing', ...campaign }, { audienceId: audience.id, ...version });
    return { ...made, audience };
  }

  /** Asks for executions over the log. */
  async request(...requests: ExecutionRequested[]): Promise<void> {
    await this.writer.write(ExecutionRequested, requests);
  }

  /** Bytes on the topic of requests. */
  async requestRaw(key: string, value: string): Promise<void> {
    await this.writer.writeRaw(topicOf(ExecutionRequested), key, value);
  }

  rejected(): ExecutionRejected[] {
    return this.reader.payloads<ExecutionRejected>(this.topics.prefix + topicOf(ExecutionRejected));
  }

  /** Gives people a profile, as profile-creator would have. */
  async know(...emails: string[]): Promise<void> {
    for (const email of emails) {
      const profileId = randomUUID();
      await this.postgres.query(`INSERT INTO profiles.profiles VALUES ($1, $2, 'spec', '{}', '{}', now(), now())`, [profileId, SANDBOX.id]);
      await this.postgres.query(`INSERT INTO profiles.identities (tenant_id, namespace, value, profile_id) VALUES ($1, 'email', $2, $3)`, [SANDBOX.id, email, profileId]);
    }
  }

  /** What the dispatcher's ledger counts of an execution. */
  async ledgerHas(executionId: string, counts: { targeted: number; sent?: number; failed?: number }): Promise<void> {
    const { targeted, sent = 0, failed = 0 } = counts;
    await this.postgres.query(
      `INSERT INTO delivery.tallies (execution_id, tenant_id, campaign_id, request_id, targeted, sent, failed, accepted_at)
       SELECT execution_id, tenant_id, campaign_id, request_id, $2, $3, $4, created_at FROM ingest.executions WHERE execution_id = $1`,
      [executionId, targeted, sent, failed],
    );
  }

  /** Lets the ledger have one message in this state. */
  async ledgerSays(executionId: string, messageId: string, state: string): Promise<void> {
    await this.postgres.query(
      `INSERT INTO delivery.messages (message_id, execution_id, tenant_id, request_id, campaign_id, campaign_version_id, recipient_key, channel, namespace,
         user_id, state, sequence, attempts, accepted_at, expires_at, updated_at)
       SELECT $2, execution_id, tenant_id, request_id, campaign_id, campaign_version_id, 'key', 'email', namespace, 'somebody', $3, 2, 1, created_at, expires_at, now()
       FROM ingest.executions WHERE execution_id = $1`,
      [executionId, messageId, state],
    );
  }

  /** The status that other services read. */
  async overviewOf(executionId: string): Promise<string | undefined> {
    const { rows } = await this.postgres.query<{ status: string }>('SELECT status FROM ingest.execution_overview WHERE execution_id = $1', [executionId]);
    return rows[0]?.status;
  }

  /** Payloads on the log of one execution. */
  published<Payload>(contract: (typeof PUBLISHED)[number], executionId: string): Payload[] {
    const payloads = topicsOf(contract).flatMap((topic) => this.reader.payloads<Payload & { executionId: string }>(this.topics.prefix + topic));
    return payloads.filter((one) => one.executionId === executionId);
  }

  credentials(): Record<string, string> {
    return { authorization: `Bearer ${TOKEN}`, 'x-api-key': this.key.id, 'x-gw-ims-org-id': 'acme', 'x-sandbox-name': 'prod' };
  }

  /** A call as the service's own key, unless the headers say otherwise; a string goes out as it is. */
  async call<Body = Record<string, unknown>>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    const base = this.base ?? (await this.apps[0]?.getUrl());
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { ...this.credentials(), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: (text === '' ? {} : JSON.parse(text)) as Body };
  }

  async endAll(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
  }

  async drop(): Promise<void> {
    await this.endAll();
    await Promise.all([this.writer.stop(), this.reader.stop(), this.postgres.end()]);
    await this.topics.drop();
    await this.database.drop();
  }
}
