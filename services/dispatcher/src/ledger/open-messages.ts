/**
 * The intent: rows that say what is about to be sent, committed before anything leaves.
 * Guarantee: of all that open a message, at any time, in any process, one is told that it is `sending`; the others find the
 * row. An execution that was cancelled and an address that is suppressed are seen here, in the same statement. What is to wait
 * for a permission is parked by it, and is nobody's until it is taken.
 */
import { columnsOf, type Sql } from '@postrider/database';
import type { Opening } from './fact.js';
import { addToTallies, leaseUntil, selectChanges, tallyChangesIn, type ChangeRow, type TallyChanges } from './ledger-rows.js';

const STATEMENT = `
  WITH input AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
      $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[], $18::text[], $19::jsonb[])
      AS i (message_id, execution_id, tenant_id, request_id, campaign_id, campaign_version_id, recipient_key, channel, namespace,
            user_id, address, profile_id, accepted_at, ready_at, expires_at, state, code, reason, payload)
  ), judged AS (
    SELECT i.*, c.execution_id IS NOT NULL AND i.state IN ('sending', 'ready') AS is_cancelled, s.address IS NOT NULL AND i.state IN ('sending', 'ready') AS is_suppressed,
           s.reason AS suppression
    FROM input i
    LEFT JOIN cancellations c ON c.execution_id = i.execution_id AND c.tenant_id = i.tenant_id
    LEFT JOIN suppressions s ON s.tenant_id = i.tenant_id AND s.channel = i.channel AND s.address = lower(i.address)
  ), changed AS (
    INSERT INTO messages (message_id, execution_id, tenant_id, request_id, campaign_id, campaign_version_id, recipient_key, channel, namespace,
      user_id, address, profile_id, accepted_at, ready_at, expires_at, state, code, reason, sequence, attempts, attempt_token,
      sending_at, updated_at)
    SELECT message_id, execution_id, tenant_id, request_id, campaign_id, campaign_version_id, recipient_key, channel, namespace,
      user_id, address, profile_id, accepted_at, ready_at, expires_at,
      CASE WHEN is_cancelled THEN 'cancelled' WHEN is_suppressed THEN 'excluded' ELSE state END,
      CASE WHEN is_cancelled THEN 'EXECUTION_CANCELLED' WHEN is_suppressed THEN 'SUPPRESSED' ELSE code END,
      CASE WHEN is_cancelled THEN 'The execution was cancelled.' WHEN is_suppressed THEN suppression ELSE reason END,
      CASE WHEN state IN ('sending', 'ready') AND NOT is_cancelled AND NOT is_suppressed THEN 0 ELSE 1 END, 0, $20::uuid,
      CASE WHEN state = 'sending' AND NOT is_cancelled AND NOT is_suppressed THEN $21::timestamptz END, $21::timestamptz
    FROM judged ORDER BY message_id
    ON CONFLICT (message_id) DO NOTHING
    RETURNING message_id, execution_id, tenant_id, campaign_id, request_id, accepted_at, state, sequence, attempts, code, reason
  ), attempt AS (
    INSERT INTO attempts (token, lease_until, message_ids)
    SELECT $20::uuid, ${leaseUntil('$22')}, array_agg(message_id) FROM changed WHERE state = 'sending' HAVING count(*) > 0
  ), kept AS (
    INSERT INTO retries (message_id, campaign_id, execution_id, due_at, payload, parked)
    SELECT c.message_id, c.campaign_id, c.execution_id, CASE WHEN c.state = 'ready' THEN i.expires_at ELSE ${leaseUntil('$22')} END, i.payload, c.state = 'ready'
    FROM changed c JOIN input i USING (message_id) WHERE c.state IN ('sending', 'ready') AND i.payload IS NOT NULL
    ON CONFLICT DO NOTHING
  ), tallied AS (${addToTallies('$21')})
  ${selectChanges('$21')}`;

const COLUMNS = [
  'messageId', 'executionId', 'tenantId', 'requestId', 'campaignId', 'campaignVersionId', 'recipientKey', 'channel', 'namespace',
  'userId', 'address', 'profileId', 'acceptedAt', 'readyAt', 'expiresAt', 'state', 'code', 'reason', 'payload',
] as const satisfies readonly (keyof Opening)[];

/** What the rows that an attempt opens are marked with. */
export interface AttemptMark {
  token: string;
  now: Date;
  leaseMs: number;
}

export interface Opened extends TallyChanges {
  /** The messages that were new, by id, with the state that they have now. */
  fresh: Map<string, ChangeRow>;
}

export async function openMessages(sql: Sql, openings: readonly Opening[], attempt: AttemptMark): Promise<Opened> {
  const values = [...columnsOf(openings, COLUMNS), attempt.token, attempt.now, attempt.leaseMs];
  const rows = await sql.query<ChangeRow>(STATEMENT, values, { name: 'open-messages' });
  const fresh = new Map(rows.flatMap((row) => (row.messageId === null ? [] : [[row.messageId, row] as const])));
  return { fresh, ...tallyChangesIn(rows) };
}
