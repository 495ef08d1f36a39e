import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { repeat, type Probe } from './probe.js';

const BATCH = 500;
const A_CALL = 20;

const INTENT = `
  INSERT INTO bench.ledger (message_id, execution_id, tenant_id, request_id, campaign_id, campaign_version_id, recipient_key, channel, namespace,
    user_id, address, profile_id, state, sequence, attempts, attempt_token, accepted_at, ready_at, expires_at, sending_at, updated_at)
  SELECT message_id, execution_id, 'bench-org:prod', execution_id, 'bench-campaign', 'bench-campaign:1', recipient_key, 'email', 'Email',
    address, address, recipient_key, 'sending', 0, 0, $5::uuid, now(), now(), now() + interval '1 day', now(), now()
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS i (message_id, execution_id, recipient_key, address)
  ON CONFLICT (message_id) DO NOTHING`;

const OUTCOME = `
  UPDATE bench.ledger l SET state = i.state, sequence = l.sequence + 1, attempts = l.attempts + 1, response_code = i.code, response_ms = 5, updated_at = now()
  FROM unnest($1::uuid[], $2::text[], $3::integer[]) AS i (message_id, state, code)
  WHERE l.message_id = i.message_id AND l.attempt_token = $4::uuid`;

/**
 * The bare driver on a copy of the ledger's table, its columns, indexes and fill factor: 500 rows of intent by `unnest`, then
 * their outcome, two commits in all. No totals, leases, retries or look-ups of who is suppressed.
 */
export const F4: Probe = async ({ postgresUrl }) => {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query('DROP SCHEMA IF EXISTS bench CASCADE');
  await client.query('CREATE SCHEMA bench');
  await client.query('CREATE TABLE bench.ledger (LIKE delivery.messages INCLUDING ALL)');
  const operations = await repeat(async () => {
    const ids = Array.from({ length: BATCH }, () => randomUUID()).sort();
    const call = randomUUID();
    const executions = ids.map((_, i) => `UMA-${call}-${Math.floor(i / A_CALL)}`);
    const people = ids.map((id) => `profile-${id}`);
    const addresses = ids.map((id) => `${id}@bench.test`);
    const token = randomUUID();
    await client.query({ name: 'probe-intent', text: INTENT, values: [ids, executions, people, addresses, token] });
    await client.query({ name: 'probe-outcome', text: OUTCOME, values: [ids, ids.map(() => 'sent'), ids.map(() => 250), token] });
    return BATCH;
  });
  await client.query('DROP SCHEMA bench CASCADE');
  await client.end();
  return operations;
};
