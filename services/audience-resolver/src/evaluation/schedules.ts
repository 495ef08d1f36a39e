/** Statements over the schedules of evaluations. */
import { columnsOf, type Sql } from '@postrider/database';
import type { AudienceKey } from './evaluations.js';

export interface ScheduledEvaluation extends AudienceKey {
  cron: string;
  timeZone: string;
  dueAt: Date;
}

/** Those that are new, or have another expression, get their first due time; the others keep theirs. */
export async function keepSchedules(sql: Sql, schedules: readonly ScheduledEvaluation[]): Promise<void> {
  await sql.query(
    `INSERT INTO evaluation_schedules AS known (tenant_id, audience_id, cron, time_zone, due_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
     ON CONFLICT (tenant_id, audience_id) DO UPDATE SET cron = EXCLUDED.cron, time_zone = EXCLUDED.time_zone, due_at = EXCLUDED.due_at
      WHERE (known.cron, known.time_zone) <> (EXCLUDED.cron, EXCLUDED.time_zone)`,
    columnsOf(schedules, ['tenantId', 'audienceId', 'cron', 'timeZone', 'dueAt']),
  );
}

export async function readDue(sql: Sql, now: Date): Promise<ScheduledEvaluation[]> {
  return sql.query(
    `SELECT tenant_id AS "tenantId", audience_id AS "audienceId", cron, time_zone AS "timeZone", due_at AS "dueAt"
       FROM evaluation_schedules WHERE due_at <= $1 ORDER BY due_at LIMIT 100`,
    [now],
  );
}

/**
 * Begins an evaluation and sets the next time, in one statement. Of any number of processes one finds the time as it was read.
 * Where an evaluation of the audience goes on already, that is the one.
 * @returns whether it was this process
 */
export async function fire(sql: Sql, due: ScheduledEvaluation, nextAt: Date, evaluationId: string): Promise<boolean> {
  const rows = await sql.query(
    `WITH fired AS (
       UPDATE evaluation_schedules SET due_at = $4 WHERE tenant_id = $1 AND audience_id = $2 AND due_at = $3 RETURNING 1),
     inserted AS (
       INSERT INTO evaluations (evaluation_id, tenant_id, audience_id, status, is_upload)
       SELECT $5, $1, $2, 'Running', false FROM fired
       ON CONFLICT (tenant_id, audience_id) WHERE status = 'Running' AND NOT is_upload DO NOTHING)
     SELECT FROM fired`,
    [due.tenantId, due.audienceId, due.dueAt, nextAt, evaluationId],
  );
  return rows.length > 0;
}

/** Of an audience that is gone, or is not evaluated by a schedule any more. */
export async function forget(sql: Sql, { tenantId, audienceId, dueAt }: ScheduledEvaluation): Promise<void> {
  await sql.query('DELETE FROM evaluation_schedules WHERE tenant_id = $1 AND audience_id = $2 AND due_at = $3', [tenantId, audienceId, dueAt]);
}
