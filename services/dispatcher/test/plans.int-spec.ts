import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecipientReady } from '@postrider/contracts';
import { Sql, openDataSource } from '@postrider/database';
import { freshDatabase, type FreshDatabase } from '@postrider/testing';
import { Client } from 'pg';
import { entities, migrations, schema } from '../src/data-source.js';
import { openingOf } from '../src/delivery/job.js';
import { openMessages, type AttemptMark } from '../src/ledger/open-messages.js';
import { takeParked, type ParkedExecution } from '../src/ledger/parked-messages.js';
import { recordOutcomes } from '../src/ledger/record-outcomes.js';
import { aCampaign, anExecution } from './builders.js';

/** A prepared statement keeps a plan from its sixth run on. */
const RUNS_TO_A_KEPT_PLAN = 8;
const WAITING = 4_000;
const CHUNK = 100;

interface RowsRead {
  /** Entries of its indexes. */
  byIndex: number;
  byScan: number;
}

describe('statements whose plan was made while nothing waited', () => {
  let database: FreshDatabase;
  let dataSource: Awaited<ReturnType<typeof openDataSource>>;
  let sql: Sql;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await openDataSource({ url: database.urlFor('delivery'), poolSize: 1, statementTimeoutMs: 60_000, schema, entities, migrations, applicationName: 'spec', isByIndex: true });
    sql = Sql.of(dataSource);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const mark = (): AttemptMark => ({ token: randomUUID(), now: new Date(), leaseMs: 60_000 });

  const park = (recipients: readonly RecipientReady[]) =>
    openMessages(sql, recipients.map((ready) => ({ ...openingOf(ready), state: 'ready', code: null, reason: null, payload: ready })), mark());

  async function send(place: Pick<ParkedExecution, 'campaignId' | 'executionId'>, more: string[] = []): Promise<number> {
    const attempt = mark();
    const taken = await takeParked(sql, attempt, place, CHUNK);
    const sent = { state: 'sent', tries: 1, code: null, reason: null, failure: null, responseCode: 250, responseMs: 1 } as const;
    const { changed } = await recordOutcomes(sql, [...taken.map(({ messageId }) => messageId), ...more].map((messageId) => ({ ...sent, messageId })), attempt);
    return changed.size;
  }

  async function rowsRead(): Promise<RowsRead> {
    await sql.query('SELECT pg_stat_force_next_flush()');
    const [row] = await sql.query<RowsRead>(`
      SELECT t.seq_tup_read::integer AS "byScan", (SELECT sum(i.idx_tup_read)::integer FROM pg_stat_user_indexes i WHERE i.relid = t.relid) AS "byIndex"
      FROM pg_stat_user_tables t WHERE t.relid = 'delivery.retries'::regclass`);
    return row ?? { byIndex: NaN, byScan: NaN };
  }

  async function vacuum(): Promise<void> {
    const admin = new Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query('VACUUM (ANALYZE) delivery.retries').finally(() => admin.end());
  }

  it('read no more of what waits than they take', async () => {
    const { ready } = anExecution(aCampaign(0), WAITING);
    const place = ready[0] as RecipientReady;
    await vacuum();
    for (let run = 0; run < RUNS_TO_A_KEPT_PLAN; run += 1) await send(place, [randomUUID()]);
    await park(ready);
    const before = await rowsRead();

    const sent = await send(place);

    const after = await rowsRead();
    expect(sent).toBe(CHUNK);
    expect(after.byScan - before.byScan).toBe(0);
    expect(after.byIndex - before.byIndex).toBeLessThan(WAITING / 4);
  }, 60_000);
});
