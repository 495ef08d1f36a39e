import type { Sql } from '@postrider/database';

export interface ExecutionProgress {
  /** Messages that a process is sending now. */
  sending: number;
  /** Messages that had ended, other than by a cancellation. */
  gone: number;
}

/**
 * What cannot be held back any more. From the totals and from what is in hand: an execution may have a million messages, and
 * none of them is looked at for this but those that are being sent.
 */
export async function readProgress(sql: Sql, executionId: string, tenantId: string): Promise<ExecutionProgress> {
  const [row] = await sql.query<{ sending: string; gone: number }>(
    `SELECT (SELECT count(*) FROM attempts a CROSS JOIN unnest(a.message_ids) AS i (message_id) JOIN messages m USING (message_id)
              WHERE m.execution_id = $1 AND m.tenant_id = $2 AND m.state = 'sending') AS sending,
            coalesce((SELECT sent + failed + excluded + expired + unknown FROM tallies WHERE execution_id = $1 AND tenant_id = $2), 0) AS gone`,
    [executionId, tenantId],
    { name: 'read-progress' },
  );
  return { sending: Number(row?.sending ?? 0), gone: row?.gone ?? 0 };
}
