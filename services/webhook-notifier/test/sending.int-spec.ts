import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FeedbackEvent } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { DeliveryStore } from '../src/queue/delivery-store.js';
import { WorkerLease } from '../src/queue/worker-lease.js';
import { Sender } from '../src/sending/sender.service.js';
import { WebhookClient } from '../src/sending/webhook.client.js';
import { aStatus } from './builders.js';
import { Rig } from './rig.js';

let rig: Rig;
let app: INestApplication;

jest.setTimeout(60_000);

beforeAll(async () => {
  rig = await Rig.start();
  app = await rig.notifier();
});

afterAll(() => rig.stop());

const sequenceOf = ({ json }: { json: unknown }): number => (json as FeedbackEvent).sequence;

describe(Sender.name, () => {
  it('tries again after errors of the endpoint, with the same id and the same bytes, newly signed', async () => {
    const shop = await rig.shop({ respond: ({ attempt }) => (attempt <= 2 ? { status: attempt === 1 ? 500 : 503, body: 'out of\0 order' } : {}) });
    await rig.say(aStatus(shop.version));
    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'pending', attempts: 1 }]));
    const [{ due } = { due: 0 }] = await rig.rows(shop);

    await rig.makeDue(shop);
    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'pending', attempts: 2 }]));
    await rig.makeDue(shop);

    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'delivered', attempts: 3 }]));
    const calls = shop.receiver.calls();
    expect(due).toBeGreaterThan(3);
    expect(due).toBeLessThanOrEqual(6);
    expect(calls.map(({ verified }) => verified)).toEqual([true, true, true]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(1);
    expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
  });

  it('holds a later status of a message back until the endpoint has the earlier one, and no other message', async () => {
    let isUp = false;
    const shop = await rig.shop({ respond: () => (isUp ? {} : { status: 500 }) });
    const sent = aStatus(shop.version);
    await rig.say(sent, { ...sent, state: 'bounced', sequence: 2 });
    await eventually(() => expect(shop.receiver.calls()).toHaveLength(1));
    isUp = true;
    const other = aStatus(shop.version, { sequence: 9 });

    await rig.say({ ...sent, state: 'delivered', sequence: 3 }, other);
    await eventually(() => expect(shop.receiver.calls().map(sequenceOf)).toEqual([1, 9]));
    await rig.makeDue(shop);

    await eventually(() => expect(shop.receiver.calls().map(sequenceOf)).toEqual([1, 9, 1, 2, 3]));
  });

  it.each([
    ['gone', 'answers 410', { status: 410 }],
    ['disabled', 'answers with webhook-delivery: disable', { status: 503, headers: { 'webhook-delivery': 'disable' } }],
  ])('stops an endpoint (%s) that %s, holds what waits, and starts it when it is edited', async (reason, _what, answer) => {
    let isUp = false;
    const shop = await rig.shop({ respond: () => (isUp ? {} : answer) });
    await rig.say(aStatus(shop.version));
    await eventually(async () => expect(await conditionOf(shop.endpoint.id)).toMatchObject([{ stop_reason: reason }]));
    await rig.say(aStatus(shop.version));
    const marker = await rig.shop();
    await rig.say(aStatus(marker.version));
    await eventually(() => expect(marker.receiver.calls()).toHaveLength(1));
    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'pending', attempts: 0, calls: 1 }]));

    await rig.configure(shop.endpoint);
    expect(shop.receiver.calls()).toHaveLength(1);
    isUp = true;
    await rig.configure({ ...shop.endpoint, name: 'repaired' });

    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'delivered', calls: 2 }]));
    expect(await conditionOf(shop.endpoint.id)).toEqual([]);
  });

  it('takes a delivery as taken when the endpoint says so and asks for no more', async () => {
    const shop = await rig.shop({ respond: () => ({ status: 200, headers: { 'webhook-delivery': 'disable' } }) });

    await rig.say(aStatus(shop.version));

    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'delivered' }]));
    expect(await conditionOf(shop.endpoint.id)).toMatchObject([{ stop_reason: 'disabled' }]);
  });

  it('pauses the whole endpoint as long as it asks, at no cost of tries, and nobody else', async () => {
    const shop = await rig.shop({ respond: ({ number }) => (number === 1 ? { status: 429, headers: { 'retry-after': '2' } } : {}) });
    const other = await rig.shop();
    await rig.say(aStatus(shop.version));
    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ calls: 1 }]));
    const pausedAt = Date.now();

    await rig.say(aStatus(shop.version), aStatus(other.version));

    await eventually(() => expect(other.receiver.calls()).toHaveLength(1));
    expect(shop.receiver.calls()).toHaveLength(1);
    await eventually(async () => expect((await rig.rows(shop)).map(({ state, attempts }) => [state, attempts])).toEqual([['delivered', 1], ['delivered', 1]]));
    expect(shop.receiver.calls()[1]!.receivedAt.getTime() - pausedAt).toBeGreaterThan(1_500);
  });

  it('does not follow a redirect', async () => {
    const target = await rig.receiver();
    const shop = await rig.shop({ respond: () => ({ status: 307, headers: { location: target.url } }) });

    await rig.say(aStatus(shop.version));

    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'pending', attempts: 1 }]));
    expect(target.connections()).toBe(0);
  });

  it('gives up after the sixth refusal of a kind that does not pass', async () => {
    const shop = await rig.shop({ respond: () => ({ status: 400 }) });
    await rig.say(aStatus(shop.version));

    for (let tries = 1; tries < 6; tries++) {
      await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'pending', attempts: tries }]));
      await rig.makeDue(shop);
    }

    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'given-up', attempts: 6 }]));
  });

  it('lets no endpoint delay the others: not one that hangs, not one that resets, not one that is not there', async () => {
    const hanging = await rig.shop({ respond: () => ({ hang: true }) });
    const resetting = await rig.shop({ respond: () => ({ drop: true }) });
    const absent = await rig.shop({ endpoint: { url: 'http://127.0.0.1:1/' } });
    const good = await rig.shop();
    await rig.say(...[hanging, resetting, absent].flatMap(({ version }) => Array.from({ length: 100 }, () => aStatus(version))));
    await eventually(() => expect(hanging.receiver.calls()).toHaveLength(20));

    const startedAt = performance.now();
    await rig.say(...Array.from({ length: 200 }, () => aStatus(good.version)));
    await eventually(() => expect(good.receiver.calls()).toHaveLength(200), { intervalMs: 5 });

    // Before the first of the calls that hang is given up.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(hanging.receiver.calls()).toHaveLength(20);
  });

  it('loses nothing in a burst of more than it holds in hand', async () => {
    const shop = await rig.shop();
    const statuses = Array.from({ length: 3_000 }, () => aStatus(shop.version));

    await rig.say(...statuses);

    await eventually(() => expect(new Set(shop.receiver.calls().map(({ id }) => id)).size).toBe(3_000), { timeoutMs: 30_000 });
    await eventually(async () => expect((await rig.rows(shop)).filter(({ state }) => state === 'pending')).toEqual([]));
    expect(shop.receiver.calls()).toHaveLength(3_000);
  });

  it('sends what it claimed in a moment in which it could not show that it is alive', async () => {
    const shop = await rig.shop();
    const [store, lease] = [app.get(DeliveryStore, { strict: false }), app.get(WorkerLease, { strict: false })];
    const add = store.add.bind(store);
    const adding = jest.spyOn(store, 'add').mockImplementationOnce(async (...deliveries) => {
      const stored = await add(...deliveries);
      jest.spyOn(lease, 'current').mockReturnValueOnce(null);
      return stored;
    });

    await rig.say(aStatus(shop.version));

    await eventually(() => expect(shop.receiver.calls()).toHaveLength(1));
    expect(adding).toHaveBeenCalledTimes(1);
    jest.restoreAllMocks();
  });

  it('forgets what waits for an endpoint that was removed', async () => {
    const shop = await rig.shop({ respond: () => ({ status: 500 }) });
    await rig.say(aStatus(shop.version));
    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ attempts: 1 }]));

    await rig.remove(shop.endpoint);

    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'abandoned' }]));
  });

  it('keeps a delivery whose endpoint cannot be signed for', async () => {
    const shop = await rig.shop();
    await rig.configure({ ...shop.endpoint, sealedSecrets: ['unknown.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA'] });
    await rig.say(aStatus(shop.version));
    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'pending', attempts: 1 }]));
    expect(shop.receiver.connections()).toBe(0);

    await rig.configure(shop.endpoint);
    await rig.makeDue(shop);

    await eventually(() => expect(shop.receiver.calls()).toMatchObject([{ verified: true }]));
  });
});

describe(WebhookClient.name, () => {
  it('reads 16 KiB of an endless answer and takes its status', async () => {
    let written = 0;
    const endless = createServer((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        if (response.destroyed) return;
        written += 1_024;
        response.write('x'.repeat(1_024), () => setImmediate(more));
      };
      more();
    });
    await new Promise<void>((done) => endless.listen(0, '127.0.0.1', done));
    const { port } = endless.address() as AddressInfo;

    const answer = await app.get(WebhookClient, { strict: false }).call({ url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}' });

    expect(answer).toMatchObject({ kind: 'answered', status: 200, body: 'x'.repeat(16_384) });
    expect(written).toBeLessThan(5_000_000);
    endless.close();
  });

  it.each(['http://127.0.0.1:1/', 'http://no-such-host.invalid/'])('says why there was no answer of %s', async (url) => {
    const answer = await app.get(WebhookClient, { strict: false }).call({ url, headers: {}, body: '{}' });

    expect(answer).toEqual({ kind: 'failed', error: expect.stringMatching(/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/) });
  });

  it('ends a call that takes too long', async () => {
    const receiver = await rig.receiver({ respond: () => ({ hang: true }) });

    const answer = await app.get(WebhookClient, { strict: false }).call({ url: receiver.url, headers: {}, body: '{}', timeoutMs: 100 });

    expect(answer).toEqual({ kind: 'failed', error: 'TIMEOUT' });
  });
});

const conditionOf = (endpointId: string): Promise<{ stop_reason: string }[]> =>
  rig.sql().query('SELECT stop_reason FROM endpoint_conditions WHERE endpoint_id = $1', [endpointId]);
