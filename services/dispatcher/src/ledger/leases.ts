/** Who sends what now. A lease that ran out says that its holder is dead, or frozen: then the sweep decides. */
import type { Sql } from '@postrider/database';
import type { LedgerMessage } from './fact.js';
import { MESSAGE_COLUMNS } from './ledger-rows.js';

/** False when the attempt was taken over meanwhile. */
export async function extendLease(sql: Sql, token: string, until: Date): Promise<boolean> {
  const rows = await sql.query('UPDATE attempts SET lease_until = $2 WHERE token = $1::uuid RETURNING token', [token, until], { name: 'extend-lease' });
  return rows.length > 0;
}

/** Takes rows that were given back untouched; answers those that are now of this attempt. */
export async function retakeReady(sql: Sql, messageIds: readonly string[], token: string, leaseUntil: Date): Promise<Set<string>> {
  const rows = await sql.query<{ messageId: string }>(
    `WITH taken AS (
       UPDATE messages SET state = 'sending', attempt_token = $2::uuid WHERE message_id = ANY($1::uuid[]) AND state = 'ready' RETURNING message_id
     ), attempt AS (
       INSERT INTO attempts (token, lease_until, message_ids) SELECT $2::uuid, $3, array_agg(message_id) FROM taken HAVING count(*) > 0
       ON CONFLICT (token) DO UPDATE SET message_ids = attempts.message_ids || excluded.message_ids
     ) SELECT message_id AS "messageId" FROM taken`,
    [messageIds, token, leaseUntil],
    { name: 'retake-ready' },
  );
  return new Set(rows.map(({ messageId }) => messageId));
}

/** Takes over one attempt whose lease ran out: its token is replaced, so that its holder can record nothing any more. Answers its messages; undefined when no lease ran out. */
export async function takeOverAbandoned(sql: Sql, now: Date, token: string, leaseUntil: Date): Promise<LedgerMessage[] | undefined> {
  return sql.transaction(async (transaction) => {
    const [lapsed] = await transaction.query<{ token: string; messageIds: string[] }>(
      `DELETE FROM attempts WHERE token = (
         SELECT token FROM attempts WHERE lease_until < $1 ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
       ) RETURNING token, message_ids AS "messageIds"`,
      [now],
    );
    if (!lapsed) return undefined;
    const messages = await transaction.query<LedgerMessage>(
      `UPDATE messages m SET attempt_token = $3::uuid WHERE m.message_id = ANY($1::uuid[]) AND m.attempt_token = $2::uuid AND m.state = 'sending' RETURNING ${MESSAGE_COLUMNS}`,
      [lapsed.messageIds, lapsed.token, token],
    );
    if (messages.length > 0) {
      await transaction.query('INSERT INTO attempts (token, lease_until, message_ids) VALUES ($1::uuid, $2, $3::uuid[])', [token, leaseUntil, messages.map(({ messageId }) => messageId)]);
    }
    return messages;
  });
}
