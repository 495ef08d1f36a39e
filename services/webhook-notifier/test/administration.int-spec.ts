import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FeedbackEvent, WebhookAttemptPage, WebhookTestOutcome } from '@postrider/contracts';
import { compareEntities } from '@postrider/database';
import { eventually } from '@postrider/testing';
import { DataSource } from 'typeorm';
import { EndpointsController } from '../src/administration/endpoints.controller.js';
import { RetentionService } from '../src/queue/retention.service.js';
import { aStatus } from './builders.js';
import { INTERNAL_TOKEN, Rig, type Shop } from './rig.js';

let rig: Rig;
let app: INestApplication;

jest.setTimeout(60_000);

beforeAll(async () => {
  rig = await Rig.start();
  app = await rig.notifier();
});

afterAll(() => rig.stop());

const ask = (method: 'GET' | 'POST', path: string, token = INTERNAL_TOKEN) =>
  (app as NestFastifyApplication).inject({ method, url: `/internal/endpoints/${path}`, headers: { 'x-internal-token': token } });
const attempts = async ({ endpoint, tenantId }: Shop, query = '') =>
  WebhookAttemptPage.parse((await ask('GET', `${endpoint.id}/attempts?tenantId=${tenantId}${query}`)).json());

describe(EndpointsController.name, () => {
  it('sends a signed sample at once, and says what came back', async () => {
    const shop = await rig.shop();
    const refusing = await rig.shop({ respond: () => ({ status: 410, body: 'no more' }) });

    const good = await ask('POST', `${shop.endpoint.id}/test?tenantId=${shop.tenantId}`);
    const bad = await ask('POST', `${refusing.endpoint.id}/test?tenantId=${refusing.tenantId}`);

    expect(good.statusCode).toBe(200);
    expect(WebhookTestOutcome.parse(good.json())).toMatchObject({ outcome: 'succeeded', statusCode: 204, error: null });
    const [call] = shop.receiver.calls();
    expect(call).toMatchObject({ verified: true, id: (good.json<WebhookTestOutcome>()).webhookId });
    expect(FeedbackEvent.parse(call!.json)).toMatchObject({ requestId: 'webhook-test', sandbox: { name: 'prod' } });
    expect(bad.json()).toMatchObject({ outcome: 'refused', statusCode: 410, answer: 'no more' });
    expect(await attempts(refusing)).toMatchObject({ endpoint: { state: 'active' }, items: [{ messageId: null, statusCode: 410 }] });
  });

  it('reads attempts newest first, page by page, and the state of the endpoint', async () => {
    const shop = await rig.shop({ respond: ({ number }) => (number === 3 ? { status: 429, headers: { 'retry-after': '100' } } : {}) });
    for (let told = 1; told <= 3; told++) {
      await rig.say(aStatus(shop.version));
      await eventually(async () => expect((await attempts(shop)).items).toHaveLength(told));
    }

    const first = await attempts(shop, '&limit=2');
    const second = await attempts(shop, `&limit=2&cursor=${first.nextCursor}`);

    expect(first.items.map(({ statusCode }) => statusCode)).toEqual([429, 204]);
    expect(second.items.map(({ statusCode }) => statusCode)).toEqual([204]);
    expect(second.nextCursor).toBeNull();
    expect(first.endpoint).toMatchObject({ state: 'paused', pausedUntil: expect.any(String), pending: 1 });
    expect(first.items[0]).toMatchObject({ outcome: 'refused', number: 1, sequence: 1, messageId: expect.any(String) });
  });

  it('knows no endpoint of another tenant, and nobody without the token', async () => {
    const shop = await rig.shop();

    const strange = await ask('GET', `${shop.endpoint.id}/attempts?tenantId=other/prod`);
    const missing = await ask('POST', `nowhere/test?tenantId=other/prod`);
    const unnamed = await ask('GET', `${shop.endpoint.id}/attempts?limit=0`);
    const untrusted = await ask('GET', `${shop.endpoint.id}/attempts?tenantId=${shop.tenantId}`, 'wrong-token-wrong-token');

    expect([strange, missing, unnamed, untrusted].map(({ statusCode }) => statusCode)).toEqual([404, 404, 400, 401]);
    expect(strange.json<{ code: string }>().code).toBe('NOT_FOUND');
  });

  it('shows how much waits', async () => {
    const shop = await rig.shop({ respond: () => ({ status: 500 }) });
    await rig.say(aStatus(shop.version));
    await eventually(async () => expect((await attempts(shop)).items).toHaveLength(1));

    const metrics = await (app as NestFastifyApplication).inject({ method: 'GET', url: '/metrics' });

    expect(metrics.body).toMatch(/webhook_deliveries_pending\{state="waiting",service="webhook-notifier"\} [1-9]/);
    expect(metrics.body).toMatch(/webhook_attempts_total\{outcome="refused",service="webhook-notifier"\} [1-9]/);
  });
});

describe(RetentionService.name, () => {
  it('forgets what is old, abandons what waited too long, and leaves the rest', async () => {
    const shop = await rig.shop({ respond: ({ number }) => (number <= 2 ? {} : { status: 500 }) });
    for (let told = 1; told <= 4; told++) {
      await rig.say(aStatus(shop.version, { sequence: told }));
      await eventually(async () => expect((await attempts(shop)).items).toHaveLength(told));
    }
    const age = `interval '31 days'`;
    await rig.sql().query(`UPDATE deliveries SET finished_at = finished_at - ${age}, created_at = created_at - ${age} WHERE endpoint_id = $1 AND sequence IN (1, 3)`, [shop.endpoint.id]);
    await rig.sql().query(`UPDATE attempts SET started_at = started_at - ${age} WHERE endpoint_id = $1 AND sequence = 1`, [shop.endpoint.id]);

    await app.get(RetentionService, { strict: false }).sweep();

    expect((await rig.rows(shop)).map(({ sequence, state }) => [sequence, state])).toEqual([[2, 'delivered'], [3, 'abandoned'], [4, 'pending']]);
    expect((await attempts(shop)).items.map(({ sequence }) => sequence)).toEqual([4, 3, 2]);
  });
});

describe('the schema', () => {
  it('is what the entities say', async () => {
    expect(await compareEntities(app.get(DataSource, { strict: false }))).toEqual([]);
  });
});
