import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ExecutionAccepted, type AcceptedCall, type ExecutionStatusAnswer, type Problem } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { MessagePublisher } from '@postrider/kafka';
import { RedisClient } from '@postrider/locks';
import { DependencyUnavailable } from '@postrider/runtime';
import { eventually, ownRedis } from '@postrider/testing';
import { CallService } from '../src/calls/call.service.js';
import { aCall, anApiKey } from './builders.js';
import { RunningService } from './running-service.js';

jest.setTimeout(60_000);

const UNITARY = '/im/executions/unitary';
const outage = (dependency: string) => new DependencyUnavailable(dependency, new Error('spec'));

let service: RunningService;

beforeAll(async () => {
  service = await RunningService.prepare();
});

afterEach(() => service.endAll());

afterAll(() => service.drop());

async function isMarked(executionId: string): Promise<boolean> {
  const { rows } = await service.postgres.query('SELECT 1 FROM ingest.executions WHERE execution_id = $1 AND published_at IS NOT NULL', [executionId]);
  return rows.length === 1;
}

const age = (executionId: string) =>
  service.postgres.query(`UPDATE ingest.executions SET created_at = created_at - interval '2 minutes', published_at = NULL WHERE execution_id = $1`, [executionId]);

/** The broker takes nothing, as often as told. */
function failPublishing(app: NestFastifyApplication, times: number): void {
  const spy = jest.spyOn(app.get(MessagePublisher, { strict: false }), 'publish');
  for (let i = 0; i < times; i += 1) spy.mockRejectedValueOnce(outage('kafka'));
}

describe(CallService.name, () => {
  it('answers 503 when the log did not take it, and the same call again is accepted and published', async () => {
    const app = await service.start();
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    failPublishing(app, 1);

    const refused = await service.call<Problem>('POST', UNITARY, call);
    const accepted = await service.call<AcceptedCall>('POST', UNITARY, call);

    expect([refused.status, refused.body.code, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, 'UNAVAILABLE', true]);
    expect(accepted.status).toBe(202);
    await eventually(() => expect(service.published(ExecutionAccepted, accepted.body.executionId)).toHaveLength(1));
  });

  it('publishes again after a crash between the row and the log, with the first ids and times', async () => {
    const app = await service.start();
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    failPublishing(app, 1);
    await service.call('POST', UNITARY, call);
    await service.endAll();
    await service.start();

    const { status, headers, body } = await service.call<AcceptedCall>('POST', UNITARY, call);

    expect([status, headers.get('idempotency-replayed')]).toEqual([202, 'true']);
    const [published] = await eventually(() => {
      const found = service.published<ExecutionAccepted>(ExecutionAccepted, body.executionId);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(published).toMatchObject({ acceptedAt: body.createdAt, recipients: [{ messageId: body.recipients[0]?.messageId }] });
  });

  it('publishes a repeated call no more once the log is known to have it, also in another process', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    const { body } = await service.call<AcceptedCall>('POST', UNITARY, call);
    await eventually(async () => expect(await isMarked(body.executionId)).toBe(true));
    await service.endAll();
    await service.start();

    const again = await service.call<AcceptedCall>('POST', UNITARY, call);
    const next = await service.call<AcceptedCall>('POST', UNITARY, aCall(campaign.id));

    expect(again.body).toEqual(body);
    await eventually(() => expect(service.published(ExecutionAccepted, next.body.executionId)).toHaveLength(1));
    expect(service.published(ExecutionAccepted, body.executionId)).toHaveLength(1);
  });

  it('writes its marks before it ends', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const { body } = await service.call<AcceptedCall>('POST', UNITARY, aCall(campaign.id));

    await service.endAll();

    expect(await isMarked(body.executionId)).toBe(true);
  });

  it('answers 503 while Postgres is away, and nothing reaches the log', async () => {
    const app = await service.start();
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    const spy = jest.spyOn(app.get(Sql, { strict: false }), 'query').mockRejectedValue(outage('postgres'));

    const refused = await service.call<Problem>('POST', UNITARY, call);
    spy.mockRestore();
    const accepted = await service.call<AcceptedCall>('POST', UNITARY, call);

    expect([refused.status, refused.body.code]).toEqual([503, 'UNAVAILABLE']);
    expect([accepted.status, accepted.headers.get('idempotency-replayed')]).toEqual([202, null]);
    await eventually(() => expect(service.published(ExecutionAccepted, accepted.body.executionId)).toHaveLength(1));
  });

  it('shows what was never published as abandoned after a minute, counting nowhere, until a retry revives it', async () => {
    const app = await service.start();
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    failPublishing(app, 1);
    await service.call('POST', UNITARY, call);
    const query = new URLSearchParams({ requestId: call.requestId, campaignId: campaign.id });
    const read = () => service.call<ExecutionStatusAnswer>('GET', `/im/executions?${query.toString()}`);
    const fresh = await read();
    await age(fresh.body.executionId);

    const abandoned = await read();
    const shown = await service.overviewOf(fresh.body.executionId);
    await service.call('POST', UNITARY, call);
    await eventually(async () => expect((await read()).body.status).toBe('InProgress'));

    expect([fresh.body.status, fresh.body.totals]).toMatchObject(['InProgress', { targeted: 1, pending: 1 }]);
    expect([abandoned.body.status, abandoned.body.totals]).toMatchObject(['Abandoned', { targeted: 0, pending: 0 }]);
    expect(shown).toBe('Abandoned');
    expect(await service.overviewOf(fresh.body.executionId)).toBe('Accepted');
  });

  it('shows what the ledger has as accepted, although the mark was lost with its process', async () => {
    await service.start();
    const { campaign } = await service.campaign();
    const { body } = await service.call<AcceptedCall>('POST', UNITARY, aCall(campaign.id));
    await eventually(async () => expect(await isMarked(body.executionId)).toBe(true));
    await age(body.executionId);
    await service.ledgerHas(body.executionId, { targeted: 1, sent: 1 });

    const { body: status } = await service.call<ExecutionStatusAnswer>('GET', `/im/executions/${body.executionId}`);

    expect(status).toMatchObject({ status: 'Succeeded', totals: { targeted: 1, sent: 1, pending: 0 } });
    expect(await service.overviewOf(body.executionId)).toBe('Accepted');
  });
});

describe('too many calls', () => {
  const burst = (count: number, headers: Record<string, string>) =>
    Promise.all(Array.from({ length: count }, () => service.call<Problem>('GET', '/im/executions/none', undefined, headers)));

  async function aSlowKey(): Promise<Record<string, string>> {
    const key = anApiKey({ ratePerSecond: 5 });
    await service.configure(key);
    return { 'x-api-key': key.id };
  }

  it('are refused for the key that makes them, with when to come back, and for no other', async () => {
    await service.start();
    const headers = await aSlowKey();

    const answers = await burst(10, headers);

    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(refused[0]?.body.code).toBe('RATE_LIMITED');
    expect([refused[0]?.headers.get('ratelimit-limit'), refused[0]?.headers.get('ratelimit-remaining')]).toEqual(['5', '0']);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await service.call('GET', '/im/executions/none')).status).toBe(404);
  });

  it('are counted by the process alone while Redis is away, and never let through', async () => {
    const redis = await ownRedis();
    await service.start({ REDIS_URL: redis.url });
    const headers = await aSlowKey();
    await redis.crash();

    const answers = await burst(20, headers);
    await redis.remove();

    const taken = answers.filter(({ status }) => status === 404).length;
    expect(taken).toBeGreaterThanOrEqual(5);
    expect(taken).toBeLessThan(12);
  });

  it('are counted over all processes also while the memory of Redis is full', async () => {
    const server = await ownRedis();
    const redis = new RedisClient({ url: server.url });
    await Promise.all([redis.start(), service.start({ REDIS_URL: server.url })]);
    await redis.config('SET', 'maxmemory', '1');
    const headers = await aSlowKey();

    const answers = await burst(10, headers);

    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(4);
    expect(await redis.keys('postrider:rate:*')).toHaveLength(1);
    redis.stop();
    await service.endAll();
    await server.remove();
  });

  it('are refused before anything is stored when there is no room', async () => {
    await service.start({ MAX_CALLS_IN_FLIGHT: '2' });
    const { campaign } = await service.campaign();

    const answers = await Promise.all(Array.from({ length: 50 }, () => service.call<Problem>('POST', UNITARY, aCall(campaign.id))));

    const refused = answers.filter(({ status }) => status !== 202);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ status, body }) => `${status} ${body.code}`))).toEqual(new Set(['503 UNAVAILABLE']));
    const { rows } = await service.postgres.query('SELECT 1 FROM ingest.executions WHERE campaign_id = $1', [campaign.id]);
    expect(rows).toHaveLength(50 - refused.length);
  });
});
