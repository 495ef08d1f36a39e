import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testStack } from '@postrider/testing';
import { Client } from 'pg';
import { ensureDatabase } from '../src/migrate/migrate.js';
import { verify } from '../src/verify/verify.js';

const NAME = `verify_${process.pid}`;

/** Tables in the place of the views, so that they can hold what must never be. */
const TABLES = `
  CREATE SCHEMA delivery; CREATE SCHEMA ingest; CREATE SCHEMA audiences;
  CREATE TABLE audiences.runs (execution_id text, targeted int, resolved int, announced boolean DEFAULT true, finished_at timestamptz DEFAULT now());
  CREATE TABLE ingest.execution_overview (execution_id text, status text, targeted int, expires_at timestamptz);
  CREATE TABLE delivery.message_status (execution_id text, state text);
  CREATE TABLE delivery.execution_status (execution_id text, tenant_id text, targeted int, sent int DEFAULT 0, failed int DEFAULT 0, excluded int DEFAULT 0,
    expired int DEFAULT 0, cancelled int DEFAULT 0, unknown int DEFAULT 0, pending int DEFAULT 0, unresolved int DEFAULT 0,
    completed_at timestamptz DEFAULT now())`;

describe(verify.name, () => {
  let url = '';
  let client: Client;

  beforeEach(async () => {
    url = await ensureDatabase(testStack().postgresAdminUrl, NAME);
    client = new Client({ connectionString: url });
    await client.connect();
    await client.query(TABLES);
    await client.query(`
      INSERT INTO ingest.execution_overview VALUES ('good', 'Accepted', 3, now() + interval '1 day');
      INSERT INTO delivery.execution_status (execution_id, tenant_id, targeted, sent, failed, pending) VALUES ('good', 'o/s', 3, 1, 1, 1);
      INSERT INTO delivery.message_status VALUES ('good', 'delivered'), ('good', 'bounced'), ('good', 'retrying')`);
  });
  afterEach(async () => {
    await client.end();
    const admin = new Client({ connectionString: testStack().postgresAdminUrl });
    await admin.connect();
    await admin.query(`DROP DATABASE ${NAME} WITH (FORCE)`);
    await admin.end();
  });

  it('finds nothing where all accounts agree', async () => {
    expect(await verify(url)).toEqual({ executions: 1, messages: 3, findings: [] });
  });

  it('counts those whom an execution never came to with the cancelled', async () => {
    await client.query(`
      UPDATE ingest.execution_overview SET targeted = 7;
      UPDATE delivery.execution_status SET targeted = 7, cancelled = 4, unresolved = 4`);

    expect((await verify(url)).findings).toEqual([]);
  });

  it.each([
    ['add up', `UPDATE delivery.execution_status SET pending = 0`],
    ['add up', `UPDATE delivery.execution_status SET sent = 4, pending = -2; INSERT INTO delivery.message_status SELECT 'good', 'sent' FROM generate_series(1, 3)`],
    ['recount', `UPDATE delivery.message_status SET state = 'unknown' WHERE state = 'bounced'`],
    ['recount', `UPDATE delivery.execution_status SET targeted = 4, cancelled = 1; UPDATE ingest.execution_overview SET targeted = 4`],
    ['recount', `DELETE FROM delivery.message_status`],
    ['recount', `INSERT INTO delivery.message_status VALUES ('of nobody', 'sent')`],
    ['another number', `UPDATE ingest.execution_overview SET targeted = 4`],
    ['pending although', `UPDATE ingest.execution_overview SET expires_at = now() - interval '1 hour'`],
    ['pending although', `INSERT INTO ingest.execution_overview VALUES ('lost', 'Accepted', 1, now() - interval '1 hour')`],
  ])('finds what does not %s: %s', async (what, damage) => {
    await client.query(damage);

    const { findings } = await verify(url);

    expect(findings).toEqual([expect.objectContaining({ what: expect.stringContaining(what) })]);
  });

  describe('of a run to an audience', () => {
    beforeEach(() => client.query(`
      INSERT INTO ingest.execution_overview VALUES ('CMA-1', 'Accepted', 0, now() + interval '1 day');
      INSERT INTO audiences.runs VALUES ('CMA-1', 5, 3);
      INSERT INTO delivery.execution_status (execution_id, tenant_id, targeted, sent, cancelled, unresolved) VALUES ('CMA-1', 'o/s', 5, 3, 2, 2);
      INSERT INTO delivery.message_status SELECT 'CMA-1', 'sent' FROM generate_series(1, 3)`));

    it('finds nothing where the run and the ledger agree', async () => {
      expect((await verify(url)).findings).toEqual([]);
    });

    it.each([
      ['another number', `UPDATE audiences.runs SET targeted = 6, resolved = 4`],
      ['left others out', `UPDATE audiences.runs SET resolved = 4`],
    ])('finds that they differ: %s', async (what, damage) => {
      await client.query(damage);

      expect((await verify(url)).findings).toEqual([{ executionId: 'CMA-1', what: expect.stringContaining(what) }]);
    });
  });

  it('expects nothing of an execution that was never accepted', async () => {
    await client.query(`INSERT INTO ingest.execution_overview VALUES ('abandoned', 'Abandoned', 1, now() - interval '1 hour')`);

    expect((await verify(url)).findings).toEqual([]);
  });
});
