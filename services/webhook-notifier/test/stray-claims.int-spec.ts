import { randomUUID } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DependencyUnavailable } from '@postrider/runtime';
import { eventually } from '@postrider/testing';
import { DeliveryStore } from '../src/queue/delivery-store.js';
import { WorkerLease } from '../src/queue/worker-lease.js';
import { StrayClaims } from '../src/sending/stray-claims.js';
import { aStatus } from './builders.js';
import { Rig, type Shop } from './rig.js';

let rig: Rig;
let app: INestApplication;

jest.setTimeout(60_000);

beforeAll(async () => {
  rig = await Rig.start();
  app = await rig.notifier();
});

afterAll(() => rig.stop());

const of = <T>(type: new (...args: never[]) => T): T => app.get<T>(type, { strict: false });

/** Claims as one does that never hears of it. */
async function claimUnheard({ tenantId, endpoint }: Shop): Promise<string> {
  const id = randomUUID();
  const delivery = { id, tenantId, endpointId: endpoint.id, messageId: randomUUID(), sequence: 1, body: '{}', occurredAt: new Date(), claim: true };
  expect(await of(DeliveryStore).add(of(WorkerLease).name(), [delivery])).toEqual([{ id, claimed: true }]);
  return id;
}

describe(StrayClaims.name, () => {
  it('frees a claim of which nobody here has heard, when it has seen it twice', async () => {
    const shop = await rig.shop();
    const id = await claimUnheard(shop);

    await of(StrayClaims).look();
    expect(await rig.sql().query('SELECT claimed_by FROM deliveries WHERE id = $1', [id])).toEqual([{ claimed_by: of(WorkerLease).name() }]);
    await of(StrayClaims).look();

    await eventually(() => expect(shop.receiver.calls().map((call) => call.id)).toEqual([id]));
  });

  it('leaves alone what was claimed anew since it was seen', async () => {
    const shop = await rig.shop();
    const id = await claimUnheard(shop);
    await of(StrayClaims).look();
    await rig.sql().query('UPDATE deliveries SET claimed_by = claimed_by WHERE id = $1', [id]);

    await of(StrayClaims).look();

    expect(await rig.sql().query('SELECT claimed_by FROM deliveries WHERE id = $1', [id])).toEqual([{ claimed_by: of(WorkerLease).name() }]);
  });

  it('leaves alone what waits here, what is being called, and what is not written yet', async () => {
    const release = Promise.withResolvers<void>();
    const record = jest.spyOn(of(DeliveryStore), 'record');
    const shop = await rig.shop({ respond: async ({ number }) => (number > 1 && (await release.promise), {}) });
    record.mockImplementation(() => Promise.reject(new DependencyUnavailable('postgres')));
    await rig.say(...Array.from({ length: 100 }, () => aStatus(shop.version)));
    await eventually(() => expect(record).toHaveBeenCalled());
    await eventually(() => expect(shop.receiver.calls().length).toBeGreaterThan(20));

    for (let looks = 0; looks < 3; looks++) await of(StrayClaims).look();

    expect(await rig.sql().query('SELECT FROM deliveries WHERE endpoint_id = $1 AND claimed_by IS NULL', [shop.endpoint.id])).toEqual([]);
    record.mockRestore();
    release.resolve();
    await eventually(async () => expect((await rig.rows(shop)).filter(({ state }) => state !== 'delivered')).toEqual([]));
    expect(shop.receiver.calls()).toHaveLength(100);
  });
});
