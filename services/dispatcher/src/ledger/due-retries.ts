import type { Sql } from '@postrider/database';
import { takingStatement, type TakenMessage } from './take-messages.js';
import type { AttemptMark } from './open-messages.js';

const TAKE_DUE = takingStatement(
  'SELECT r.message_id, r.payload FROM retries r WHERE NOT r.parked AND r.due_at <= $1 ORDER BY r.due_at LIMIT $4 FOR UPDATE SKIP LOCKED',
);

/** Takes messages whose time has come for an attempt; each by one taker, in any number of processes. */
export function takeDueRetries(sql: Sql, { token, now, leaseMs }: AttemptMark, limit: number): Promise<TakenMessage[]> {
  return sql.query<TakenMessage>(TAKE_DUE, [now, token, leaseMs, limit], { name: 'take-due-retries' });
}

/** In one statement: what is more waits for the next, and no statement takes long. */
const HASTENED_AT_ONCE = 5_000;

/**
 * What waits of these campaigns, or executions, for its time is due now, which ends it. What is parked is ended by those who
 * look after that.
 * @returns whether there may be more
 */
export async function hastenRetries(sql: Sql, whose: { campaignIds: readonly string[] } | { executionIds: readonly string[] }, now: Date): Promise<boolean> {
  const [condition, ids] =
    'campaignIds' in whose
      ? ['r.campaign_id = ANY($1::text[])', whose.campaignIds]
      : ['(r.campaign_id, r.execution_id) IN (SELECT m.campaign_id, i.id FROM unnest($1::text[]) AS i (id), LATERAL (SELECT campaign_id FROM messages WHERE execution_id = i.id LIMIT 1) m)', whose.executionIds];
  const rows = await sql.query(
    `UPDATE retries SET due_at = $2 WHERE message_id IN (
       SELECT r.message_id FROM retries r WHERE NOT r.parked AND ${condition} AND r.due_at > $2 LIMIT ${HASTENED_AT_ONCE} FOR UPDATE SKIP LOCKED)
     RETURNING message_id`,
    [ids, now],
  );
  return rows.length === HASTENED_AT_ONCE;
}

/** Messages that wait for a time, and those that wait for a permission. */
export async function countWaiting(sql: Sql, parked: boolean): Promise<number> {
  const [row] = await sql.query<{ count: string }>(`SELECT count(*) AS count FROM retries WHERE ${parked ? '' : 'NOT '}parked`);
  return Number(row?.count ?? 0);
}
