import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CampaignState, NamespaceDefinition } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { request } from 'undici';
import { OutboxRelay } from '../src/outbox/outbox-relay.js';
import { AdminClient, aStoredCampaign } from './admin-client.js';
import { ACME, INTERNAL_TOKEN, NOWHERE, RunningApi } from './running-api.js';

const MAIN = join(import.meta.dirname, '../dist/main.js');

describe(OutboxRelay.name, () => {
  let api: RunningApi;

  beforeEach(async () => {
    api = await RunningApi.prepare();
  }, 60_000);

  afterEach(() => api.drop(), 60_000);

  const pending = async (): Promise<number> =>
    (await api.sql<{ count: number }>('SELECT count(*)::int AS count FROM campaigns.outbox WHERE published_at IS NULL'))[0]?.count ?? -1;

  const republish = async (url: string, token = INTERNAL_TOKEN): Promise<{ status: number; body: unknown }> => {
    const answer = await request(`${url}/internal/configuration/republish`, { method: 'POST', headers: { 'x-internal-token': token } });
    return { status: answer.statusCode, body: await answer.body.json() };
  };

  it('has published an edit before the edit is answered', async () => {
    await api.start();

    const { id } = await aStoredCampaign(api.as(ACME));

    expect(await pending()).toBe(0);
    const log = await api.follow();
    await eventually(() => expect(log.statesOf('campaign', id)).toHaveLength(1));
  });

  it('keeps what was committed by a process that was killed before it could publish', async () => {
    const process = new ServiceProcess(api.environment({ KAFKA_BROKERS: NOWHERE }));
    const admin = new AdminClient(await process.url(), ACME);
    const { id } = await aStoredCampaign(admin);
    await admin.post(`/campaigns/${id}/activate`);
    await process.end('SIGKILL');
    expect(await pending()).toBeGreaterThan(0);

    await api.start();

    const log = await api.follow();
    await eventually(() => expect(log.statesOf<CampaignState>('campaign', id).at(-1)).toMatchObject({ status: 'Live' }));
    await eventually(async () => expect(await pending()).toBe(0));
  }, 60_000);

  it('publishes again what was published by a process that was killed before it could note that', async () => {
    await api.start();
    const { id } = await aStoredCampaign(api.as(ACME));
    await api.stop();
    await api.sql('UPDATE campaigns.outbox SET published_at = NULL WHERE configuration_id = $1', [id]);

    await api.start();

    const log = await api.follow();
    await eventually(() => expect(log.statesOf('campaign', id)).toHaveLength(2));
    const [first, second] = log.statesOf('campaign', id);
    expect(second).toEqual(first);
  }, 60_000);

  it('lets edits be made and answered while the broker is down', async () => {
    await api.start({ KAFKA_BROKERS: NOWHERE });
    const startedAt = performance.now();

    const answer = await api.as(ACME).post('/namespaces', { name: 'Loyalty', symbol: 'loyalty', type: 'Device' });

    expect(answer.status).toBe(201);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(await pending()).toBeGreaterThan(0);
  }, 60_000);

  it('lets the process stop in time while the broker is down', async () => {
    const process = new ServiceProcess(api.environment({ KAFKA_BROKERS: NOWHERE }));
    await new AdminClient(await process.url(), ACME).post('/namespaces', { name: 'Loyalty', symbol: 'loyalty', type: 'Device' });
    const startedAt = performance.now();

    const code = await process.end('SIGTERM');

    expect(code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    expect(await pending()).toBeGreaterThan(0);
  }, 60_000);

  it('ends with the newest state when two processes and many editors work at once', async () => {
    await api.start();
    const first = api.as(ACME);
    await api.start();
    const second = api.as(ACME);
    await first.post('/namespaces', { name: 'n', symbol: 'busy', type: 'Device' });

    await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? first : second).patch('/namespaces/busy', { name: `name ${n}` }, '*')));

    const { body } = await first.get<{ name: string }>('/namespaces/busy');
    const log = await api.follow();
    await eventually(async () => {
      expect(await pending()).toBe(0);
      expect(log.statesOf<NamespaceDefinition>('namespace', 'acme/prod/busy').at(-1)?.name).toBe(body.name);
    });
  }, 60_000);

  it('fills a topic that lost everything when it starts', async () => {
    await api.start({ KAFKA_TOPIC_PREFIX: api.topics.prefix });
    const { id } = await aStoredCampaign(api.as(ACME));
    await api.stop();
    const other = await RunningApi.prepare();

    await api.start({ KAFKA_TOPIC_PREFIX: other.topics.prefix });

    const log = await other.follow();
    await eventually(() => expect(log.statesOf('campaign', id)).toHaveLength(1));
    expect(log.keys()).toEqual(expect.arrayContaining(['sandbox:acme/prod', 'namespace:acme/prod/email', `api-key:${ACME.apiKey}`]));
    await api.stop();
    await other.drop();
  }, 60_000);

  it('publishes everything again, removals included, when an operator says so', async () => {
    const app = await api.start();
    const admin = api.as(ACME);
    const [kept, removed] = [await aStoredCampaign(admin), await aStoredCampaign(admin)];
    await admin.delete(`/campaigns/${removed.id}`);
    const log = await api.follow();
    await eventually(() => expect(log.statesOf('campaign', removed.id)).toHaveLength(2));

    const refused = await republish(await app.getUrl(), 'a-wrong-internal-token');
    const answered = await republish(await app.getUrl());

    expect(refused.status).toBe(401);
    expect(answered).toMatchObject({ status: 200, body: { published: expect.any(Number) } });
    await eventually(() => expect(log.statesOf('campaign', kept.id)).toHaveLength(2));
    await eventually(() => expect(log.statesOf('campaign', removed.id)).toHaveLength(3));
    expect(log.statesOf('campaign', removed.id).at(-1)).toBeUndefined();
  }, 60_000);
});

/** The built service as a process of its own, so that it can be killed. */
class ServiceProcess {
  private readonly process: ChildProcess;
  private output = '';

  constructor(env: NodeJS.ProcessEnv) {
    this.process = spawn(process.execPath, [MAIN], { env: { PATH: process.env['PATH'], ...env, LOG_LEVEL: 'info' }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr]) stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  url(): Promise<string> {
    return eventually(() => {
      const line = this.output.split('\n').find((text) => text.includes('"service.started"'));
      if (!line) throw new Error(`It has not started: ${this.output}`);
      return (JSON.parse(line) as { url: string }).url;
    });
  }

  /** Answers its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}
