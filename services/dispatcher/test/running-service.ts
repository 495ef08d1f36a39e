import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigurationChanged, ExecutionCompleted, ExecutionResolved, RecipientReady, StatusChanged, topicOf, type Configuration } from '@postrider/contracts';
import { createService, listen, parseConfig } from '@postrider/runtime';
import { TopicReader, TopicWriter, ended, eventually, freshDatabase, freshTopics, startProcess, testStack, type FreshDatabase, type FreshTopics } from '@postrider/testing';
import { Client } from 'pg';
import { AppModule } from '../src/app.module.js';
import { configSchema } from '../src/config.js';
import type { Campaign } from './builders.js';

export const INTERNAL_TOKEN = 'spec-internal-token-of-24';

export interface Tally {
  targeted: number;
  sent: number;
  failed: number;
  excluded: number;
  expired: number;
  cancelled: number;
  unknown: number;
  pending: number;
}

/** The service on real servers, with topics and a database of its own; in this process, or as one that can be killed. */
export class RunningService {
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

  static async prepare(partitions?: number): Promise<RunningService> {
    const [topics, database] = await Promise.all([freshTopics(partitions), freshDatabase()]);
    const [writer, reader] = await Promise.all([
      TopicWriter.start(topics.brokers, topics.prefix),
      TopicReader.start(topics.brokers, [StatusChanged, ExecutionCompleted].map((contract) => topics.prefix + contract.topic)),
    ]);
    const postgres = new Client({ connectionString: database.adminUrl });
    await postgres.connect();
    return new RunningService(topics, database, writer, reader, postgres);
  }

  /** In this process. */
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

  async configure({ campaign, version, channel }: Campaign): Promise<void> {
    await this.writer.write(ConfigurationChanged, [channel, version, campaign]);
  }

  async change(...changes: Configuration[]): Promise<void> {
    await this.writer.write(ConfigurationChanged, changes);
  }

  async send(execution: { ready: RecipientReady[]; resolved: ExecutionResolved }): Promise<void> {
    await this.writer.write(RecipientReady, execution.ready);
    await this.writer.write(ExecutionResolved, [execution.resolved]);
  }

  /** As what a marketing campaign sends: on the lane of its recipients. */
  async sendBulk(execution: { ready: RecipientReady[]; resolved: ExecutionResolved }): Promise<void> {
    await this.writer.write(ExecutionResolved, [execution.resolved]);
    await this.writer.write(RecipientReady, execution.ready, 'bulk');
  }

  /** The execution's totals once nothing of it is pending. */
  async settled(executionId: string, timeoutMs = 20_000): Promise<Tally> {
    return eventually(async () => {
      const tally = await this.tally(executionId);
      if (tally?.pending !== 0) throw new Error(`not settled: ${JSON.stringify(tally)}`);
      return tally;
    }, { timeoutMs });
  }

  async tally(executionId: string): Promise<Tally | undefined> {
    const { rows } = await this.postgres.query<Tally>(
      'SELECT targeted, sent, failed, excluded, expired, cancelled, unknown, pending FROM delivery.execution_status WHERE execution_id = $1',
      [executionId],
    );
    return rows[0];
  }

  async statesOf(executionId: string): Promise<string[]> {
    const { rows } = await this.postgres.query<{ state: string }>('SELECT state FROM delivery.messages WHERE execution_id = $1 ORDER BY 1', [executionId]);
    return rows.map(({ state }) => state);
  }

  statuses(executionId: string): StatusChanged[] {
    return this.reader.payloads<StatusChanged>(this.topics.prefix + StatusChanged.topic).filter((one) => one.executionId === executionId);
  }

  completions(executionId: string): ExecutionCompleted[] {
    return this.reader.payloads<ExecutionCompleted>(this.topics.prefix + ExecutionCompleted.topic).filter((one) => one.executionId === executionId);
  }

  get readyTopic(): string {
    return topicOf(RecipientReady);
  }

  async endAll(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
  }

  async endChildren(): Promise<void> {
    const children = this.children.splice(0);
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map(ended));
  }

  async drop(): Promise<void> {
    // Those that a failed test left.
    for (const child of this.children) child.kill('SIGKILL');
    await this.endAll();
    await Promise.all([this.writer.stop(), this.reader.stop(), this.postgres.end()]);
    await this.topics.drop();
    await this.database.drop();
  }

  private environment(settings: Record<string, string>): Record<string, string> {
    return {
      HTTP_PORT: '0',
      LOG_LEVEL: 'silent',
      POSTRIDER_MODE: 'local',
      KAFKA_BROKERS: this.topics.brokers.join(','),
      KAFKA_TOPIC_PREFIX: this.topics.prefix,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      POSTGRES_URL: this.database.urlFor('delivery'),
      REDIS_URL: testStack().redisUrl,
      INTERNAL_TOKEN,
      SEALING_KEYS: `spec:${Buffer.alloc(32).toString('base64')}`,
      // Longer than a busy machine may keep a process waiting: a lease that lapses turns what was sent into `unknown`.
      DISPATCH_LEASE_MS: '6000',
      RETRY_POLL_MS: '100',
      ...settings,
    };
  }
}
