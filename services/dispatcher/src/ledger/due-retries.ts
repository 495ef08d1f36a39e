import type { Sql } from '@postrider/database';
import type { LedgerMessage } from './fact.js';
import { MESSAGE_COLUMNS } from './ledger-rows.js';

export interface DueRetry {
  message: LedgerMessage;
  payload: unknown;
}

interface Row extends LedgerMessage {
  payload: unknown;
}

/** Takes messages whose time has come for an attempt; each by one taker, in any number of processes. */
export async function takeDueRetries(sql: Sql, attempt: { token: string; now: Date; leaseUntil: Date }, limit: number): Promise<DueRetry[]> {
  const rows = await sql.query<Row>(
    `WITH due AS (
       SELECT r.message_id, r.payload FROM retries r WHERE r.due_at <= $1 ORDER BY r.due_at LIMIT $4 FOR UPDATE SKIP LOCKED
     ), taken AS (
       UPDATE messages m SET state = 'sending', attempt_token = $2::uuid FROM due WHERE m.message_id = due.message_id AND m.state = 'retrying'
       RETURNING m.*, due.payload
     ), attempt AS (
       INSERT INTO attempts (token, lease_until, message_ids) SELECT $2::uuid, $3, array_agg(message_id) FROM taken HAVING count(*) > 0
     ), postponed AS (
       UPDATE retries r SET due_at = $3 FROM due WHERE r.message_id = due.message_id
     ) SELECT ${MESSAGE_COLUMNS}, m.payload FROM taken m`,
    [attempt.now, attempt.token, attempt.leaseUntil, limit],
    { name: 'take-due-retries' },
  );
  return rows.map(({ payload, ...message }) => ({ message, payload }));
}

/** What waits of a campaign is due now: for a stop, which ends it. */
export async function hastenRetries(sql: Sql, campaignId: string, now: Date): Promise<void> {
  await sql.query('UPDATE retries SET due_at = $2 WHERE campaign_id = $1 AND due_at > $2', [campaignId, now]);
}

export async function countRetries(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: string }>('SELECT count(*) AS count FROM retries');
  return Number(row?.count ?? 0);
}
