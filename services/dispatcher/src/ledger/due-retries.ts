import type { Sql } from '@postrider/database';
import type { LedgerMessage } from './fact.js';
import { MESSAGE_COLUMNS, leaseUntil } from './ledger-rows.js';
import { listed, statesBefore } from './message-states.js';
import type { AttemptMark } from './open-messages.js';

export interface DueRetry {
  message: LedgerMessage;
  payload: unknown;
  /** Whether its execution was cancelled meanwhile. */
  isCancelled: boolean;
  /** Why nothing is sent to its address any more; null when it is. */
  suppression: string | null;
}

type Row = LedgerMessage & Omit<DueRetry, 'message'>;

const STATEMENT = `
  WITH due AS (
    SELECT r.message_id, r.payload FROM retries r WHERE r.due_at <= $1 ORDER BY r.due_at LIMIT $4 FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE messages m SET state = 'sending', attempt_token = $2::uuid, sending_at = $1
    FROM due WHERE m.message_id = due.message_id AND m.state IN (${listed(statesBefore('sending'))})
    RETURNING m.*, due.payload
  ), attempt AS (
    INSERT INTO attempts (token, lease_until, message_ids) SELECT $2::uuid, ${leaseUntil('$3')}, array_agg(message_id) FROM taken HAVING count(*) > 0
  ), postponed AS (
    UPDATE retries r SET due_at = ${leaseUntil('$3')} FROM due WHERE r.message_id = due.message_id
  )
  SELECT ${MESSAGE_COLUMNS}, m.payload, c.execution_id IS NOT NULL AS "isCancelled", s.reason AS suppression
  FROM taken m
  LEFT JOIN cancellations c ON c.execution_id = m.execution_id AND c.tenant_id = m.tenant_id
  LEFT JOIN suppressions s ON s.tenant_id = m.tenant_id AND s.channel = m.channel AND s.address = lower(m.address)`;

/** Takes messages whose time has come for an attempt; each by one taker, in any number of processes. */
export async function takeDueRetries(sql: Sql, { token, now, leaseMs }: AttemptMark, limit: number): Promise<DueRetry[]> {
  const rows = await sql.query<Row>(STATEMENT, [now, token, leaseMs, limit], { name: 'take-due-retries' });
  return rows.map(({ payload, isCancelled, suppression, ...message }) => ({ message, payload, isCancelled, suppression }));
}

/** What waits of these campaigns is due now: for a stop, which ends it. */
export async function hastenRetries(sql: Sql, campaignIds: readonly string[], now: Date): Promise<void> {
  await sql.query('UPDATE retries SET due_at = $2 WHERE campaign_id = ANY($1::text[]) AND due_at > $2', [campaignIds, now]);
}

export async function countRetries(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: string }>('SELECT count(*) AS count FROM retries');
  return Number(row?.count ?? 0);
}
