/**
 * Who sends what now. An attempt's row is there from the intent until everything that it recorded is published: one whose
 * lease ran out says that its holder is dead, or frozen, and the sweep brings its messages to an end.
 */
import type { Sql } from '@postrider/database';
import type { LedgerMessage } from './fact.js';
import { MESSAGE_COLUMNS, leaseUntil } from './ledger-rows.js';

/** False when the attempt was taken over meanwhile. */
export async function extendLease(sql: Sql, token: string, leaseMs: number): Promise<boolean> {
  const rows = await sql.query(`UPDATE attempts SET lease_until = ${leaseUntil('$2')} WHERE token = $1::uuid RETURNING token`, [token, leaseMs], { name: 'extend-lease' });
  return rows.length > 0;
}

/** Forgets attempts of which nothing is left to do. */
export async function closeAttempts(sql: Sql, tokens: readonly string[]): Promise<void> {
  await sql.query('DELETE FROM attempts WHERE token = ANY($1::uuid[])', [tokens], { name: 'close-attempts' });
}

export interface LapsedAttempt {
  token: string;
  leaseUntil: Date;
}

/** Attempts whose lease has run out, by the database's clock. */
export function findLapsed(sql: Sql): Promise<LapsedAttempt[]> {
  return sql.query<LapsedAttempt>('SELECT token, lease_until AS "leaseUntil" FROM attempts WHERE lease_until < now() ORDER BY lease_until LIMIT 100', [], { name: 'find-lapsed' });
}

/**
 * Takes over an attempt whose lease ran out: its token is replaced, so that its holder can record nothing any more.
 * Answers the messages that are still its own; undefined when it was extended, closed or taken over meanwhile.
 */
export async function takeOver(sql: Sql, lapsed: string, { token, leaseMs }: { token: string; leaseMs: number }): Promise<LedgerMessage[] | undefined> {
  return sql.transaction(async (transaction) => {
    const [attempt] = await transaction.query<{ messageIds: string[] }>(
      'DELETE FROM attempts WHERE token = $1::uuid AND lease_until < now() RETURNING message_ids AS "messageIds"',
      [lapsed],
    );
    if (!attempt) return undefined;
    const messages = await transaction.query<LedgerMessage>(
      `UPDATE messages m SET attempt_token = $3::uuid WHERE m.message_id = ANY($1::uuid[]) AND m.attempt_token = $2::uuid RETURNING ${MESSAGE_COLUMNS}`,
      [attempt.messageIds, lapsed, token],
    );
    if (messages.length > 0) {
      await transaction.query(`INSERT INTO attempts (token, lease_until, message_ids) VALUES ($1::uuid, ${leaseUntil('$2')}, $3::uuid[])`, [token, leaseMs, messages.map(({ messageId }) => messageId)]);
    }
    return messages;
  });
}
