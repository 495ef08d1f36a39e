import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AudienceRecipientExcluded, ConfigurationChanged, ExecutionAccepted, ExecutionResolved, RecipientResolved, topicOf,
  type Configuration, type RuleGroup, type Run,
} from '@postrider/contracts';
import { INTERNAL_TOKEN_HEADER, createService, listen, parseConfig } from '@postrider/runtime';
import { TopicReader, TopicWriter, ended, eventually, freshDatabase, freshTopics, startProcess, type FreshDatabase, type FreshTopics } from '@postrider/testing';
import { Client } from 'pg';
import { AppModule } from '../src/app.module.js';
import { configSchema } from '../src/config.js';
import { anExecution } from './builders.js';

export const TENANT = 'acme/prod';
const INTERNAL_TOKEN = 'spec-internal-token-of-24';

export interface SeededAudience {
  audienceId: string;
  evaluationId: string;
}

export interface Seed {
  members: number;
  /** Every n-th member has no e-mail identity. */
  missingEvery?: number;
  attributes?: object;
  /** An attribute of the profiles. */
  city?: string;
}

export interface Published {
  resolved: RecipientResolved[];
  excluded: AudienceRecipientExcluded[];
  executions: ExecutionResolved[];
}

/** The service on real servers with audiences that are there already; in this process, or as one that can be killed. */
export class RunRig {
  private readonly apps: NestFastifyApplication[] = [];
  private readonly children: ChildProcess[] = [];

  private constructor(
    readonly topics: FreshTopics,
    readonly database: FreshDatabase,
    readonly writer: TopicWriter,
    private readonly reader: TopicReader,
    /** A superuser's. */
    readonly postgres: Client,
  ) {}

  static async prepare(): Promise<RunRig> {
    const [topics, database] = await Promise.all([freshTopics(), freshDatabase()]);
    const produced = [topicOf(RecipientResolved, 'bulk'), topicOf(RecipientResolved), AudienceRecipientExcluded.topic, ExecutionResolved.topic];
    const [writer, reader] = await Promise.all([
      TopicWriter.start(topics.brokers, topics.prefix),
      TopicReader.start(topics.brokers, produced.map((topic) => topics.prefix + topic)),
    ]);
    const postgres = new Client({ connectionString: database.adminUrl });
    await postgres.connect();
    const rig = new RunRig(topics, database, writer, reader, postgres);
    await rig.configure({ kind: 'sandbox', id: TENANT, sandboxId: 'prod', orgId: 'acme', name: 'prod', defaultRegion: 'SE' });
    return rig;
  }

  async configure(...changes: Configuration[]): Promise<void> {
    await this.writer.write(ConfigurationChanged, changes);
  }

  async define(audienceId: string, source: 'segment' | 'upload' = 'segment', rules: RuleGroup | null = null): Promise<void> {
    await this.configure({ kind: 'audience', id: audienceId, tenantId: TENANT, name: audienceId, source, rules, composition: null, evaluationSchedule: null, published: true });
  }

  /** An audience with profiles of its own and one completed evaluation. */
  async seed(seed: Seed): Promise<SeededAudience> {
    const audience = { audienceId: randomUUID(), evaluationId: randomUUID() };
    await this.evaluate(audience, seed);
    await this.define(audience.audienceId);
    return audience;
  }

  async evaluate({ audienceId, evaluationId }: SeededAudience, { members, missingEvery = 0, attributes, city = 'Lund' }: Seed): Promise<void> {
    await this.postgres.query(
      `WITH people AS (SELECT gen_random_uuid() AS id, n FROM generate_series(1, $1::int) n),
            profiles AS (INSERT INTO profiles.profiles (id, tenant_id, dataset, attributes, consents, created_at, updated_at)
              SELECT id, $2, 'spec', jsonb_build_object('firstName', 'Ada', 'city', $7::text), '{}', now(), now() FROM people),
            identities AS (INSERT INTO profiles.identities (tenant_id, namespace, value, profile_id)
              SELECT $2, CASE WHEN $3 > 0 AND n % nullif($3, 0) = 0 THEN 'loyalty' ELSE 'email' END, id || '@shop.test', id FROM people),
            evaluation AS (INSERT INTO audiences.evaluations (evaluation_id, audience_id, tenant_id, status, size, completed_at)
              VALUES ($4, $5, $2, 'Completed', $1, now()))
       INSERT INTO audiences.members (evaluation_id, bucket, profile_id, attributes)
       SELECT $4::uuid, (uuid_hash_extended(id, 0) & 1023)::smallint, id, $6::jsonb FROM people`,
      [members, TENANT, missingEvery, evaluationId, audienceId, attributes ? JSON.stringify(attributes) : null, city],
    );
    await this.postgres.query('ANALYZE profiles.identities, audiences.members');
  }

  async start(settings: Record<string, string> = {}): Promise<NestFastifyApplication> {
    const config = parseConfig(configSchema, this.environment(settings));
    const app = await createService(AppModule.with(config));
    await listen(app, config);
    this.apps.push(app);
    return app;
  }

  /** As a process of its own, from what the build made. */
  spawn(settings: Record<string, string> = {}): ChildProcess {
    const child = startProcess(join(import.meta.dirname, '../dist/main.js'), this.environment(settings));
    this.children.push(child);
    return child;
  }

  async accept(...executions: ExecutionAccepted[]): Promise<void> {
    for (const execution of executions) await this.writer.write(ExecutionAccepted, [execution], execution.lane);
  }

  published(executionId: string): Published {
    const of = <Payload extends { executionId: string }>(topic: string): Payload[] =>
      this.reader.payloads<Payload>(this.topics.prefix + topic).filter((one) => one.executionId === executionId);
    return { resolved: of(topicOf(RecipientResolved, 'bulk')), excluded: of(AudienceRecipientExcluded.topic), executions: of(ExecutionResolved.topic) };
  }

  /** What was published once so many different messages have arrived. */
  async arrived(executionId: string, messages: number, timeoutMs = 30_000): Promise<Published> {
    return eventually(() => {
      const published = this.published(executionId);
      const ids = distinctIds(published);
      if (ids.size < messages) throw new Error(`${ids.size} of ${messages} messages have arrived`);
      return published;
    }, { timeoutMs, intervalMs: 200 });
  }

  async run(executionId: string): Promise<Run & { error: string | null; isFinished: boolean }> {
    const { rows } = await this.postgres.query<Run & { error: string | null; isFinished: boolean }>(
      `SELECT r.state, r.targeted, r.evaluation_id AS "evaluationId", r.error, r.finished_at IS NOT NULL AS "isFinished",
         CASE WHEN r.finished_at IS NOT NULL THEN r.resolved ELSE coalesce((SELECT sum(s.resolved)::int FROM audiences.run_shards s WHERE s.execution_id = r.execution_id), 0) END AS resolved,
         r.missing_identity AS "missingIdentity"
       FROM audiences.runs r WHERE r.execution_id = $1`,
      [executionId],
    );
    const [run] = rows;
    if (!run) throw new Error(`no run of ${executionId}`);
    return run;
  }

  finished(executionId: string, timeoutMs = 30_000) {
    return eventually(async () => {
      const run = await this.run(executionId);
      if (!run.isFinished) throw new Error(`not finished: ${JSON.stringify(run)}`);
      return run;
    }, { timeoutMs });
  }

  resolvedAtLeast(executionId: string, members: number) {
    return eventually(async () => {
      const run = await this.run(executionId);
      if (run.resolved < members) throw new Error(`${run.resolved} resolved`);
      return run;
    }, { intervalMs: 10 });
  }

  /** A call of the internal API. */
  async call(app: NestFastifyApplication, method: 'GET' | 'POST', path: string, body: object = { tenantId: TENANT }): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${await app.getUrl()}/internal/runs/${path}`, {
      method,
      headers: { [INTERNAL_TOKEN_HEADER]: INTERNAL_TOKEN, ...(method === 'POST' && { 'content-type': 'application/json' }) },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async endAll(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
    for (const child of this.children.splice(0)) {
      child.kill('SIGKILL');
      await ended(child);
    }
  }

  async drop(): Promise<void> {
    await this.endAll();
    await Promise.all([this.writer.stop(), this.reader.stop(), this.postgres.end()]);
    await this.topics.drop();
    await this.database.drop();
  }

  private environment(settings: Record<string, string>): Record<string, string> {
    return {
      HTTP_PORT: '0', LOG_LEVEL: 'silent', POSTRIDER_MODE: 'local',
      KAFKA_BROKERS: this.topics.brokers.join(','), KAFKA_TOPIC_PREFIX: this.topics.prefix, KAFKA_SESSION_TIMEOUT_MS: '6000',
      POSTGRES_URL: this.database.urlFor('audiences'), INTERNAL_TOKEN,
      PROFILE_CREATOR_URL: 'http://127.0.0.1:9',
      RUN_LEASE_MS: '2000', RUN_POLL_MS: '100',
      ...settings,
    };
  }
}

export function anAudienceExecution(audienceId: string, overrides: Partial<ExecutionAccepted> = {}): ExecutionAccepted {
  return anExecution({ lane: 'bulk', recipients: [], audience: { audienceId, identityType: 'Email', sharedContext: false }, ...overrides });
}

export function distinctIds({ resolved, excluded }: Published): Set<string> {
  return new Set([...resolved, ...excluded].map(({ messageId }) => messageId));
}
