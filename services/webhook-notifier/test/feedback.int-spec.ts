import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FeedbackEvent, StatusChanged } from '@postrider/contracts';
import { DependencyUnavailable } from '@postrider/runtime';
import { eventually } from '@postrider/testing';
import { StatusChangedHandler } from '../src/feedback/status-changed.handler.js';
import { DeliveryStore } from '../src/queue/delivery-store.js';
import { aSecret, aStatus, aTenant, aVersion } from './builders.js';
import { Rig } from './rig.js';

let rig: Rig;
let app: INestApplication;

jest.setTimeout(60_000);

beforeAll(async () => {
  rig = await Rig.start();
  app = await rig.notifier();
});

afterAll(() => rig.stop());

describe(StatusChangedHandler.name, () => {
  it('tells an endpoint of a status, signed and as the contract says', async () => {
    const shop = await rig.shop({ endpoint: { headers: { 'x-shop': 'orders', 'webhook-id': 'forged', host: 'evil.test' } } });
    const status = aStatus(shop.version);

    await rig.say(status);

    await eventually(() => expect(shop.receiver.calls()).toHaveLength(1));
    const [call] = shop.receiver.calls();
    expect(call).toMatchObject({ method: 'POST', verified: true, headers: { 'content-type': 'application/json', 'x-shop': 'orders' } });
    expect(call!.headers['host']).toBe(`127.0.0.1:${shop.receiver.port}`);
    expect(FeedbackEvent.parse(call!.json)).toMatchObject({
      requestId: status.requestId,
      messageExecution: { messageID: status.messageId },
      messageDeliveryFeedback: { feedbackStatus: { value: 'sent' } },
      sequence: 1,
    });
    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ id: call!.id, state: 'delivered', attempts: 1, calls: 1 }]));
  });

  it('signs with both secrets during a rotation', async () => {
    const [newer, older] = [aSecret(), aSecret()];
    const shop = await rig.shop({ secret: older, endpoint: { secrets: [newer, older] } });

    await rig.say(aStatus(shop.version));

    await eventually(() => expect(shop.receiver.calls()).toMatchObject([{ verified: true }]));
    expect(shop.receiver.calls()[0]!.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
  });

  it('tells every endpoint of the tenant, and nobody else', async () => {
    const tenantId = aTenant();
    const first = await rig.shop({ tenantId });
    const second = await rig.shop({ tenantId });
    const disabled = await rig.shop({ tenantId, endpoint: { enabled: false } });
    const stranger = await rig.shop();
    const silent = aVersion(tenantId, { enableWebhooks: false });
    await rig.configure(silent);

    await rig.say(aStatus(silent), aStatus(first.version, { state: 'retrying' }), aStatus(first.version));

    await eventually(() => expect([first, second].map(({ receiver }) => receiver.calls().length)).toEqual([1, 1]));
    expect(first.receiver.calls()[0]!.id).not.toBe(second.receiver.calls()[0]!.id);
    expect([...(await rig.rows(disabled)), ...(await rig.rows(stranger))]).toEqual([]);
    expect(await rig.rows(first)).toHaveLength(1);
  });

  it('does not tell a status again that comes again', async () => {
    const shop = await rig.shop();
    const status = aStatus(shop.version);
    await rig.say(status);
    await eventually(() => expect(shop.receiver.calls()).toHaveLength(1));

    const later = aStatus(shop.version);
    await rig.say(status, status, later);

    await eventually(() => expect(shop.receiver.calls().map(({ json }) => (json as FeedbackEvent).messageExecution.messageID)).toEqual([status.messageId, later.messageId]));
    expect(await rig.rows(shop)).toHaveLength(2);
  });

  it('finishes what a handler stored before it died, without a second call', async () => {
    const shop = await rig.shop();
    const status = aStatus(shop.version);
    const store = app.get(DeliveryStore, { strict: false });
    const add = store.add.bind(store);
    // What a crash after the write leaves: rows are there, in nobody's hands, and the batch comes again.
    jest.spyOn(store, 'add').mockImplementationOnce(async (_worker, deliveries) => {
      await add(null, deliveries);
      throw new DependencyUnavailable('postgres', new Error('spec'));
    });

    await rig.say(status);

    await eventually(() => expect(shop.receiver.calls()).toHaveLength(1));
    await eventually(async () => expect(await rig.rows(shop)).toMatchObject([{ state: 'delivered', calls: 1 }]));
    expect(shop.receiver.calls()).toHaveLength(1);
  });

  it('goes on when the database was away for a moment', async () => {
    const shop = await rig.shop();
    jest.spyOn(app.get(DeliveryStore, { strict: false }), 'add').mockRejectedValueOnce(new DependencyUnavailable('postgres', new Error('spec')));

    await rig.say(aStatus(shop.version));

    await eventually(() => expect(shop.receiver.calls()).toHaveLength(1));
  });

  it('passes over a record that it cannot read, and over one that it cannot store', async () => {
    const shop = await rig.shop();
    const good = [aStatus(shop.version), aStatus(shop.version)];

    await rig.say(good[0]!);
    await rig.writer.writeRaw(StatusChanged.topic, 'x', 'not json');
    await rig.writer.writeRaw(StatusChanged.topic, 'x', JSON.stringify({ ...aStatus(shop.version), state: 'exploded' }));
    await rig.say(aStatus(shop.version, { messageId: 'a\0b' }), good[1]!);

    await eventually(() => expect(shop.receiver.calls()).toHaveLength(2));
    expect(await rig.rows(shop)).toHaveLength(2);
  });

  it('waits for a campaign version that is on its way', async () => {
    const shop = await rig.shop();
    const version = aVersion(shop.tenantId);

    await rig.say(aStatus(version));
    await rig.configure(version);

    await eventually(() => expect(shop.receiver.calls()).toHaveLength(1));
  });
});
