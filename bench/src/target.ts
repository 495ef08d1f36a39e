/** What a run sends to: the product as it runs, or the baseline started beside it. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { Kafka, logLevel } from 'kafkajs';
import { BASELINE_TOPIC, type BaselineSettings } from './baseline/settings.js';
import { setUpScenario, type ScenarioOptions } from './load/scenario.js';
import { startChild, type Child } from './measure/child.js';
import type { BenchOptions } from './options.js';
import { headersOf, type Stack } from './stack.js';

export interface Target {
  url: string;
  headers: Record<string, string>;
  campaignId: string;
  sinkFile: string;
  smtpPort: number;
  webhookFile?: string;
  processes: Map<string, number>;
  stop(): Promise<void>;
}

export type TargetOptions = Pick<BenchOptions, 'out' | 'profiles' | 'webhooks' | 'baseline'> & Pick<ScenarioOptions, 'content'>;

const script = (path: string): string => join(import.meta.dirname, path);
const INFRASTRUCTURE = /^(postgres|kafka|redis)$/;
const NOT_PART_OF_THE_RUN = /^(smtp-sink|supervisor)$/;

export async function openTarget(stack: Stack, options: TargetOptions): Promise<Target> {
  mkdirSync(options.out, { recursive: true });
  const sinkFile = join(options.out, 'mails.txt');
  rmSync(sinkFile, { force: true });
  const sink = await startChild(script('sinks/smtp-sink.js'), ['0', sinkFile]);
  const smtpPort = Number(sink.hello.port);
  return options.baseline ? openBaseline(stack, sink, sinkFile, smtpPort, options.profiles) : openProduct(stack, sink, sinkFile, options);
}

async function openProduct(stack: Stack, sink: Child, sinkFile: string, options: TargetOptions): Promise<Target> {
  const webhookFile = join(options.out, 'webhooks.txt');
  rmSync(webhookFile, { force: true });
  const hook = options.webhooks ? await startChild(script('sinks/webhook-sink.js'), ['0', webhookFile]) : undefined;
  const smtpPort = Number(sink.hello.port);
  const webhookUrl = hook && `http://127.0.0.1:${Number(hook.hello.port)}/`;
  const { campaignId } = await setUpScenario(stack, { smtpPort, profiles: options.profiles, webhookUrl, content: options.content });
  const processes = stack.processes.filter(({ name }) => !NOT_PART_OF_THE_RUN.test(name)).map(({ name, pid }) => [name, pid] as const);
  return {
    url: stack.ingestUrl, headers: headersOf(stack), campaignId, sinkFile, smtpPort,
    ...(hook && { webhookFile }),
    processes: new Map([...processes, ['smtp-sink', sink.pid], ...(hook ? [['webhook-sink', hook.pid] as const] : [])]),
    stop: async () => {
      await hook?.stop();
      await sink.stop();
    },
  };
}

async function openBaseline(stack: Stack, sink: Child, sinkFile: string, smtpPort: number, profiles: number): Promise<Target> {
  const settings: BaselineSettings = { kafkaBrokers: stack.kafkaBrokers, postgresUrl: stack.postgresUrl, redisUrl: stack.redisUrl, smtpPort };
  await createBaselineTopic(stack.kafkaBrokers);
  const consumer = await startChild(script('baseline/consumer.js'), [JSON.stringify(settings)]);
  await fillBaselineProfiles(stack.postgresUrl, profiles);
  const ingest = await startChild(script('baseline/ingest.js'), [JSON.stringify(settings)]);
  const stores = stack.processes.filter(({ name }) => INFRASTRUCTURE.test(name)).map(({ name, pid }) => [name, pid] as const);
  return {
    url: String(ingest.hello.url), headers: { 'content-type': 'application/json' }, campaignId: 'baseline', sinkFile, smtpPort,
    processes: new Map([...stores, ['baseline-ingest', ingest.pid], ['baseline-consumer', consumer.pid], ['smtp-sink', sink.pid]]),
    stop: async () => {
      for (const child of [ingest, consumer, sink]) await child.stop();
    },
  };
}

async function createBaselineTopic(brokers: string[]): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: BASELINE_TOPIC, numPartitions: 12 }] });
  await admin.disconnect();
}

async function fillBaselineProfiles(postgresUrl: string, profiles: number): Promise<void> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(
    `INSERT INTO baseline_profile (user_id, attributes)
     SELECT 'user' || i || '@bench.test', jsonb_build_object('firstName', 'First' || i, 'lastName', 'Last' || i, 'member', i % 3 = 0)
     FROM generate_series(0, $1::int - 1) AS i ON CONFLICT DO NOTHING`,
    [profiles],
  );
  await client.end();
}
