import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigurationChanged, Upload, type Configuration, type ProfilesOfIdentities } from '@postrider/contracts';
import { createService, listen, parseConfig } from '@postrider/runtime';
import { TopicWriter, freshDatabase, freshTopics, type FreshDatabase, type FreshTopics } from '@postrider/testing';
import { Client } from 'pg';
import { AppModule } from '../src/app.module.js';
import { configSchema } from '../src/config.js';

export const TENANT = 'acme/prod';
export const TOKEN = 'spec-internal-token';

export const anEmail = (): string => `${randomUUID()}@shop.test`;

const SANDBOX: Configuration = { kind: 'sandbox', id: TENANT, sandboxId: 'prod', orgId: 'acme', name: 'prod', defaultRegion: 'SE' };
const namespaceOf = (symbol: string): Configuration => ({
  kind: 'namespace', id: `${TENANT}/${symbol.toLowerCase()}`, tenantId: TENANT, name: symbol, symbol, type: 'Email', custom: false,
});

export function anAudience(overrides: Partial<Configuration & { kind: 'audience' }> = {}): Configuration & { kind: 'audience' } {
  const definition = { id: randomUUID(), tenantId: TENANT, name: 'spec', source: 'upload', rules: null, composition: null, evaluationSchedule: null, published: true } as const;
  return { kind: 'audience', ...definition, ...overrides };
}

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  body: Body;
}

export interface UploadOptions {
  audience?: string;
  query?: Record<string, string>;
  signal?: AbortSignal;
  type?: string;
  base?: string;
}

/** The resolver on real servers, with audiences, and a stand-in for profile-creator. */
export class UploadHouse {
  readonly apps: NestFastifyApplication[] = [];
  readonly audience = anAudience().id;
  base = '';
  /** Answers 503 to so many calls. */
  refusals = 0;

  private constructor(
    readonly topics: FreshTopics,
    readonly database: FreshDatabase,
    readonly writer: TopicWriter,
    readonly admin: Client,
    private readonly profileCreator: Server,
  ) {
    profileCreator.on('request', (request, response) => {
      void this.identify(request).then((answer) => response.writeHead(answer === undefined ? 503 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {})));
    });
  }

  static async start(others: Configuration[] = []): Promise<UploadHouse> {
    const [topics, database] = await Promise.all([freshTopics(), freshDatabase()]);
    const writer = await TopicWriter.start(topics.brokers, topics.prefix);
    const admin = new Client({ connectionString: database.adminUrl });
    await admin.connect();
    const profileCreator = createServer();
    await new Promise<void>((resolve) => profileCreator.listen(0, '127.0.0.1', resolve));
    const house = new UploadHouse(topics, database, writer, admin, profileCreator);
    await writer.write(ConfigurationChanged, [SANDBOX, namespaceOf('Email'), namespaceOf('Phone'), anAudience({ id: house.audience }), ...others]);
    house.base = await house.app().then((app) => app.getUrl());
    return house;
  }

  /** The settings of one process. */
  get environment(): Record<string, string> {
    const { port } = this.profileCreator.address() as AddressInfo;
    return {
      HTTP_PORT: '0', LOG_LEVEL: 'silent', KAFKA_BROKERS: this.topics.brokers.join(), KAFKA_TOPIC_PREFIX: this.topics.prefix, KAFKA_SESSION_TIMEOUT_MS: '6000',
      POSTGRES_URL: this.database.urlFor('audiences'), INTERNAL_TOKEN: TOKEN, PROFILE_CREATOR_URL: `http://127.0.0.1:${port}`,
    };
  }

  /** One more process. */
  async app(): Promise<NestFastifyApplication> {
    const config = parseConfig(configSchema, this.environment);
    const app = await createService(AppModule.with(config));
    await listen(app, config);
    this.apps.push(app);
    return app;
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
    await this.writer.stop();
    await this.admin.end();
    await new Promise((resolve) => this.profileCreator.close(resolve));
    await this.topics.drop();
    await this.database.drop();
  }

  async upload(content: string | Buffer | Readable, options: UploadOptions = {}): Promise<Answer> {
    const query = new URLSearchParams({ tenantId: TENANT, ...options.query });
    const body = content instanceof Readable ? Readable.toWeb(content) : content;
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST', headers: { 'x-internal-token': TOKEN, 'content-type': options.type ?? 'text/csv' }, body: body as RequestInit['body'], signal: options.signal, duplex: 'half',
    };
    const response = await fetch(`${options.base ?? this.base}/internal/audiences/${options.audience ?? this.audience}/upload?${query.toString()}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Of an upload that is taken. */
  async uploaded(content: string | Buffer | Readable, options: UploadOptions = {}): Promise<Upload> {
    const { status, body } = await this.upload(content, options);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return Upload.parse(body);
  }

  async progress(uploadId: string, tenantId = TENANT): Promise<Answer> {
    const response = await this.get(`/uploads/${uploadId}`, tenantId);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async report(uploadId: string): Promise<string[]> {
    return (await (await this.get(`/uploads/${uploadId}/errors`)).text()).trimEnd().split('\r\n');
  }

  private get(path: string, tenantId = TENANT): Promise<Response> {
    return fetch(`${this.base}/internal/audiences/${this.audience}${path}?tenantId=${encodeURIComponent(tenantId)}`, { headers: { 'x-internal-token': TOKEN } });
  }

  /** Profiles with one identity each, at the places of the values. */
  async people(values: readonly string[], namespace = 'email'): Promise<string[]> {
    const { rows } = await this.admin.query<{ id: string }>(
      `WITH wanted AS (SELECT value, position, gen_random_uuid() AS id FROM unnest($2::text[]) WITH ORDINALITY AS given(value, position)),
            made AS (INSERT INTO profiles.profiles SELECT id, $3, 'spec', '{}', '{}', now(), now() FROM wanted),
            named AS (INSERT INTO profiles.identities SELECT $3, $1, value, id FROM wanted)
       SELECT id FROM wanted ORDER BY position`,
      [namespace, values, TENANT],
    );
    return rows.map(({ id }) => id);
  }

  /** Profile to attributes, of one evaluation. */
  async members(evaluationId: string): Promise<Map<string, unknown>> {
    const { rows } = await this.admin.query<{ profile_id: string; attributes: unknown }>('SELECT profile_id, attributes FROM audiences.members WHERE evaluation_id = $1', [evaluationId]);
    return new Map(rows.map((row) => [row.profile_id, row.attributes]));
  }

  async evaluation(evaluationId: string): Promise<{ status: string; size: number; error: string | null; has_members: boolean } | undefined> {
    const { rows } = await this.admin.query<{ status: string; size: number; error: string | null; has_members: boolean }>('SELECT status, size, error, has_members FROM audiences.evaluations WHERE evaluation_id = $1', [evaluationId]);
    return rows[0];
  }

  /** What profile-creator does, its own tests tell in detail. */
  private async identify(request: IncomingMessage): Promise<{ profileIds: string[]; created: number } | undefined> {
    const { namespace, values } = JSON.parse(await text(request)) as ProfilesOfIdentities;
    if (this.refusals-- > 0) return undefined;
    return { profileIds: await this.people(values, namespace), created: values.length };
  }
}
