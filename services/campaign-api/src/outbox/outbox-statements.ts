import { columnsOf, type Sql } from '@postrider/database';
import type { Configuration, ConfigurationKind } from '@postrider/contracts';

export interface PendingEntry {
  kind: ConfigurationKind;
  id: string;
  payload: Configuration | null;
  sequence: string;
}

/** Any constant: only one relay of the database publishes at a time. */
const LOCK_KEY = '8102089839842387301';
const LOCK_PATIENCE_MS = 3_000;
/** Longer than a publish can take: the transaction waits for the broker. */
const IDLE_PATIENCE_MS = 120_000;

/** Waits for its turn; the lock ends with the transaction. */
export async function takeTurn(sql: Sql): Promise<void> {
  await sql.query(`SELECT set_config('lock_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $2, true)`, [
    `${LOCK_PATIENCE_MS}ms`,
    `${IDLE_PATIENCE_MS}ms`,
  ]);
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
}

export function pendingEntries(sql: Sql, limit: number): Promise<PendingEntry[]> {
  return sql.query<PendingEntry>(
    `SELECT kind, configuration_id AS id, payload, sequence FROM outbox WHERE published_at IS NULL ORDER BY sequence LIMIT $1`,
    [limit],
  );
}

/** An entry that was changed since it was read stays pending. */
export async function markPublished(sql: Sql, entries: readonly PendingEntry[]): Promise<void> {
  await sql.query(
    `UPDATE outbox o SET published_at = now()
       FROM unnest($1::text[], $2::text[], $3::bigint[]) AS p(kind, id, sequence)
      WHERE o.kind = p.kind AND o.configuration_id = p.id AND o.sequence = p.sequence`,
    columnsOf(entries, ['kind', 'id', 'sequence']),
  );
}

/** Makes these entries pending again, in their old order. */
export async function markPending(sql: Sql, entries: readonly PendingEntry[]): Promise<void> {
  await sql.query(
    `UPDATE outbox o SET published_at = NULL FROM unnest($1::text[], $2::text[]) AS p(kind, id)
      WHERE o.kind = p.kind AND o.configuration_id = p.id`,
    columnsOf(entries, ['kind', 'id']),
  );
}

/** Makes everything pending again; answers how many entries that are. */
export async function markAllPending(sql: Sql): Promise<number> {
  const rows = await sql.query<{ count: number }>(
    `WITH pending AS (UPDATE outbox SET published_at = NULL RETURNING 1) SELECT count(*)::int AS count FROM pending`,
  );
  return rows[0]?.count ?? 0;
}

export async function oldestPendingSeconds(sql: Sql): Promise<number> {
  const rows = await sql.query<{ seconds: number }>(
    `SELECT coalesce(extract(epoch FROM now() - min(changed_at)), 0)::float8 AS seconds FROM outbox WHERE published_at IS NULL`,
  );
  return rows[0]?.seconds ?? 0;
}
