import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigurationChanged, type AudienceDefinition, type Composition, type Evaluation, type RuleGroup } from '@postrider/contracts';
import { createService, listen, parseConfig } from '@postrider/runtime';
import { TopicWriter, eventually, freshDatabase, freshTopics, startProcess, type FreshDatabase, type FreshTopics } from '@postrider/testing';
import { Client } from 'pg';
import { AppModule } from '../src/app.module.js';
import { configSchema } from '../src/config.js';
import { TENANT } from './profiles.js';

const INTERNAL_TOKEN = 'spec-internal-token';

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Every call makes another audience. */
export function anAudience(overrides: Partial<AudienceDefinition> = {}): AudienceDefinition {
  const id = randomUUID();
  return { kind: 'audience', id, tenantId: TENANT, name: id.slice(0, 8), source: 'segment', rules: null, composition: null, evaluationSchedule: null, published: true, ...overrides };
}

export const aSegment = (rules: RuleGroup, overrides: Partial<AudienceDefinition> = {}): AudienceDefinition => anAudience({ rules, ...overrides });
export const aComposition = (composition: Composition, overrides: Partial<AudienceDefinition> = {}): AudienceDefinition =>
  anAudience({ source: 'composition', composition, ...overrides });
export const where = (name: string, value: string | number | boolean): RuleGroup => ({ combinator: 'and', rules: [{ field: `attributes.${name}`, operator: '=', value }] });

/** The service on real servers, with topics and a database of its own. */
export class EvaluationRig {
  readonly apps: NestFastifyApplication[] = [];
  private readonly children: ChildProcess[] = [];

  private constructor(
    readonly topics: FreshTopics,
    readonly database: FreshDatabase,
    readonly writer: TopicWriter,
    /** As superuser. */
    readonly admin: Client,
  ) {}

  static async prepare(): Promise<EvaluationRig> {
    const [topics, database] = await Promise.all([freshTopics(), freshDatabase()]);
    const admin = new Client({ connectionString: database.adminUrl });
    await admin.connect();
    return new EvaluationRig(topics, database, await TopicWriter.start(topics.brokers, topics.prefix), admin);
  }

  async start(env: Record<string, string> = {}): Promise<NestFastifyApplication> {
    const config = parseConfig(configSchema, this.environment(env));
    const app = await createService(AppModule.with(config));
    await listen(app, config);
    this.apps.push(app);
    return app;
  }

  /** As a process of its own, from what the build made. */
  spawn(): ChildProcess {
    const child = startProcess(join(import.meta.dirname, '../dist/main.js'), this.environment());
    this.children.push(child);
    return child;
  }

  define(...audiences: AudienceDefinition[]): Promise<void> {
    return this.writer.write(ConfigurationChanged, audiences);
  }

  async call(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    const url = new URL(`/internal${path}`, await this.apps[0]?.getUrl());
    if (!url.searchParams.has('tenantId')) url.searchParams.set('tenantId', TENANT);
    const headers = { 'x-internal-token': INTERNAL_TOKEN, ...(body && { 'content-type': 'application/json' }) };
    const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** The evaluation when it has ended. */
  async evaluate({ id }: AudienceDefinition): Promise<Evaluation> {
    const { status, body } = await this.call('POST', `/audiences/${id}/evaluate`);
    if (status !== 202) throw new Error(`evaluate answered ${status}: ${JSON.stringify(body)}`);
    return eventually(async () => {
      const found = (await this.history(id)).find(({ evaluationId }) => evaluationId === body['evaluationId']);
      if (!found || found.status === 'Running') throw new Error(`it is ${found?.status}`);
      return found;
    });
  }

  async history(audienceId: string): Promise<Evaluation[]> {
    return (await this.call('GET', `/audiences/${audienceId}/evaluations`)).body['items'] as Evaluation[];
  }

  /** Of the first process, as it is scraped; 0 where it was never counted. */
  async metric(name: string, outcome: string): Promise<number> {
    const text = await (await fetch(new URL('/metrics', await this.apps[0]?.getUrl()))).text();
    return Number(new RegExp(`^${name}\\{[^}]*outcome="${outcome}"[^}]*\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  }

  /** Of every page, by profile. */
  async members(audienceId: string, limit = 100): Promise<Map<string, Record<string, unknown>>> {
    const members = new Map<string, Record<string, unknown>>();
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { body } = await this.call('GET', `/audiences/${audienceId}/members?limit=${limit}${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      for (const one of body['items'] as { profileId: string; attributes: Record<string, unknown> }[]) members.set(one.profileId, one.attributes);
      cursor = body['nextCursor'] as string | null;
    }
    return members;
  }

  async endAll(): Promise<void> {
    for (const child of this.children.splice(0)) child.kill('SIGKILL');
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
  }

  async drop(): Promise<void> {
    await this.endAll();
    await this.admin.end();
    await this.writer.stop();
    await this.topics.drop();
    await this.database.drop();
  }

  private environment(env: Record<string, string> = {}): Record<string, string> {
    return {
      HTTP_PORT: '0',
      LOG_LEVEL: 'silent',
      KAFKA_BROKERS: this.topics.brokers.join(),
      KAFKA_TOPIC_PREFIX: this.topics.prefix,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      POSTGRES_URL: this.database.urlFor('audiences'),
      PROFILE_CREATOR_URL: 'http://127.0.0.1:9',
      INTERNAL_TOKEN,
      AUDIENCE_POLL_MS: '100',
      ...env,
    };
  }
}
