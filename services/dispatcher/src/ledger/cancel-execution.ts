import type { Sql } from '@postrider/database';

export interface ExecutionProgress {
  /** Messages that a process is sending now. */
  sending: number;
  /** Messages that had ended, other than by a cancellation. */
  gone: number;
}

/**
 * Marks an execution as cancelled: what the ledger has not met yet will be cancelled when it does, and what waits is due at
 * once and ends then. Answers what can not be held back any more.
 */
export async function markCancelled(sql: Sql, executionId: string, tenantId: string, now: Date): Promise<ExecutionProgress> {
  return sql.transaction(async (transaction) => {
    await transaction.query(
      'INSERT INTO cancellations (execution_id, tenant_id, cancelled_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [executionId, tenantId, now],
    );
    await transaction.query('UPDATE retries SET due_at = $2 WHERE execution_id = $1 AND due_at > $2', [executionId, now]);
    const [row] = await transaction.query<{ sending: string; gone: string }>(
      `SELECT count(*) FILTER (WHERE state = 'sending') AS sending,
              count(*) FILTER (WHERE state NOT IN ('sending', 'retrying', 'ready', 'cancelled')) AS gone
       FROM messages WHERE execution_id = $1 AND tenant_id = $2`,
      [executionId, tenantId],
    );
    return { sending: Number(row?.sending ?? 0), gone: Number(row?.gone ?? 0) };
  });
}
