import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { repeat, type Probe } from './probe.js';

const BATCH = 500;

/** The bare driver: insert 500 ledger rows by `unnest`, then set their outcome, two commits in all. */
export const F4: Probe = async ({ postgresUrl }) => {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS bench;
    DROP TABLE IF EXISTS bench.ledger;
    CREATE TABLE bench.ledger (message_id uuid PRIMARY KEY, execution_id text, state text, address text, attempts int, updated_at timestamptz) WITH (fillfactor = 70);
    CREATE INDEX ON bench.ledger (execution_id)`);
  const operations = await repeat(async () => {
    const ids = Array.from({ length: BATCH }, () => randomUUID()).sort();
    const executions = ids.map((_, i) => `UMA-${Math.floor(i / 20)}`);
    await client.query({
      name: 'probe-intent',
      text: `INSERT INTO bench.ledger SELECT m, e, 'sending', 'someone@bench.test', 1, now() FROM unnest($1::uuid[], $2::text[]) AS t(m, e) ON CONFLICT (message_id) DO NOTHING`,
      values: [ids, executions],
    });
    await client.query({ name: 'probe-record', text: `UPDATE bench.ledger SET state = 'sent', updated_at = now() WHERE message_id = ANY($1::uuid[])`, values: [ids] });
    return BATCH;
  });
  await client.query('DROP SCHEMA bench CASCADE');
  await client.end();
  return operations;
};
