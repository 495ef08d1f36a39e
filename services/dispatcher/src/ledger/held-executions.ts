import type { Sql } from '@postrider/database';

export interface HeldExecution {
  executionId: string;
  hold: 'paused' | 'cancelled';
}

/** Executions that are paused, and those that were cancelled in the last minute: what is in hand is judged by them. */
export function findHeld(sql: Sql): Promise<HeldExecution[]> {
  return sql.query<HeldExecution>(
    `SELECT execution_id AS "executionId", 'paused' AS hold FROM pauses
     UNION ALL SELECT execution_id, 'cancelled' FROM cancellations WHERE cancelled_at > now() - interval '1 minute'`,
    [],
    { name: 'find-held' },
  );
}

export interface HeldBy {
  executionId: string;
  tenantId: string;
  now: Date;
}

/** One that was cancelled stays cancelled: there is nothing to pause. */
export async function pauseExecution(sql: Sql, { executionId, tenantId, now }: HeldBy): Promise<void> {
  await sql.query(
    `INSERT INTO pauses (execution_id, tenant_id, paused_at)
     SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM cancellations WHERE execution_id = $1) ON CONFLICT DO NOTHING`,
    [executionId, tenantId, now],
  );
}

export async function resumeExecution(sql: Sql, executionId: string, tenantId: string): Promise<void> {
  await sql.query('DELETE FROM pauses WHERE execution_id = $1 AND tenant_id = $2', [executionId, tenantId]);
}
