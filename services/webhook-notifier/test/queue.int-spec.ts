import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Sql, openDataSource } from '@postrider/database';
import { freshDatabase, type FreshDatabase } from '@postrider/testing';
import type { DataSource } from 'typeorm';
import { entities, migrations, schema } from '../src/data-source.js';
import type { NewDelivery } from '../src/queue/delivery.js';
import { DeliveryStore } from '../src/queue/delivery-store.js';

let database: FreshDatabase;
let dataSource: DataSource;
let sql: Sql;
let store: DeliveryStore;
const [worker, other] = [randomUUID(), randomUUID()];

jest.setTimeout(60_000);

beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await openDataSource({
    url: database.urlFor(schema), poolSize: 4, statementTimeoutMs: 10_000, applicationName: 'spec', schema, entities, migrations,
  });
  sql = Sql.of(dataSource);
  store = new DeliveryStore(sql);
  await sql.query(`INSERT INTO workers SELECT unnest($1::uuid[]), now() + interval '1 hour'`, [[worker, other]]);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const aDelivery = (overrides: Partial<NewDelivery> = {}): NewDelivery => ({
  id: randomUUID(), tenantId: 'acme/prod', endpointId: randomUUID(), messageId: randomUUID(), sequence: 1, body: '{}', occurredAt: new Date(), ...overrides,
});
const withClaim = (deliveries: readonly NewDelivery[], claim = false) => deliveries.map((one) => ({ ...one, claim }));
const indexReads = async (): Promise<number> => {
  const [row] = await sql.query<{ reads: string }>(`SELECT sum(idx_tup_read) AS reads FROM pg_stat_user_indexes WHERE relname = 'deliveries'`);
  return Number(row?.reads);
};

describe(DeliveryStore.name, () => {
  it('hands each delivery to one worker, however many ask at once', async () => {
    const endpointId = randomUUID();
    await store.add(null, withClaim(Array.from({ length: 200 }, () => aDelivery({ endpointId }))));

    const claims = await Promise.all(Array.from({ length: 8 }, (_, index) => store.claim(index % 2 ? worker : other, [{ endpointId, places: 25 }])));

    const ids = claims.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const left = await store.claim(worker, [{ endpointId, places: 1_000 }]);
    expect(ids.length + left.length).toBe(200);
  });

  it('gives nothing to a worker that was declared dead', async () => {
    const [early, late] = [aDelivery(), aDelivery()];
    await store.add(null, withClaim([early]));

    const stored = await store.add(randomUUID(), withClaim([late], true));
    const claimed = await store.claim(randomUUID(), [{ endpointId: early.endpointId, places: 10 }]);

    expect(stored).toEqual([{ id: late.id, claimed: false }]);
    expect(claimed).toEqual([]);
  });

  it('takes no word from a worker that no longer holds a delivery, save that the endpoint has it', async () => {
    const [refused, taken] = [aDelivery(), aDelivery()];
    await store.add(worker, withClaim([refused, taken], true));
    const resultOf = (delivery: NewDelivery, state: 'given-up' | 'delivered') => ({
      delivery: { ...delivery, attempts: 0, calls: 0 },
      attempt: {
        webhookId: delivery.id, endpointId: delivery.endpointId, messageId: delivery.messageId, sequence: 1, number: 1, startedAt: new Date(),
        durationMillis: 1, outcome: state === 'delivered' ? 'succeeded' : 'refused', statusCode: 200, error: null, answer: null,
      } as const,
      state, spent: true, delayMs: 0,
    });

    await store.record(other, [resultOf(refused, 'given-up'), resultOf(taken, 'delivered')]);

    const rows = await sql.query('SELECT state FROM deliveries WHERE id = ANY ($1::uuid[]) ORDER BY state', [[refused.id, taken.id]]);
    expect(rows).toEqual([{ state: 'delivered' }, { state: 'pending' }]);
    expect(await sql.query('SELECT FROM attempts WHERE webhook_id = ANY ($1::uuid[])', [[refused.id, taken.id]])).toHaveLength(2);
  });

  it('fetches from a long queue at the cost of a short one, also with statistics of a time when it was empty', async () => {
    const endpointId = randomUUID();
    await sql.query(`UPDATE deliveries SET state = 'delivered', finished_at = now()`);
    await sql.query('ANALYZE deliveries');
    for (let batch = 0; batch < 10; batch++) await store.add(null, withClaim(Array.from({ length: 500 }, () => aDelivery({ endpointId }))));
    const before = await indexReads();

    await sql.transaction(async (one) => {
      expect(await new DeliveryStore(one).claim(worker, [{ endpointId, places: 50 }])).toHaveLength(50);
      await one.query('SELECT pg_stat_force_next_flush()');
    });

    expect((await indexReads()) - before).toBeLessThan(50_000);
  });
});
