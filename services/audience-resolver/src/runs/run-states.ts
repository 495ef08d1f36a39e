/**
 * A run's states.
 * Guarantee: a run and its shards change state in one transaction; the row locks of the shards order that against the pages
 * of the workers. A state that is over (Cancelled, Completed, Failed) is never left.
 */
import type { Run } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import type { AcceptedRun } from './accepted-run.js';

/** SQL over `runs r`: the sum of a finished run, or of the shards that work on it. */
const sumOf = (column: string): string =>
  `(CASE WHEN r.finished_at IS NOT NULL THEN r.${column} ELSE (SELECT coalesce(sum(s.${column}), 0)::int FROM run_shards s WHERE s.execution_id = r.execution_id) END)`;

const RUN_COLUMNS = `
  r.execution_id AS "executionId", r.audience_id AS "audienceId", r.evaluation_id AS "evaluationId", r.state, r.targeted,
  ${sumOf('resolved')} AS resolved, ${sumOf('missing_identity')} AS "missingIdentity"`;

/** Undefined when no such execution of the tenant was met. */
export async function readRun(sql: Sql, executionId: string, tenantId: string): Promise<Run | undefined> {
  const [run] = await sql.query<Run>(`SELECT ${RUN_COLUMNS} FROM runs r WHERE r.execution_id = $1 AND r.tenant_id = $2`, [executionId, tenantId], { name: 'read-run' });
  return run;
}

type Change = 'Paused' | 'Running' | 'Cancelled';

/** From which states each can be reached, and what the shards become. A run that is resumed before it has members waits on. */
const CHANGES: Record<Change, { from: readonly Run['state'][]; to: string }> = {
  Paused: { from: ['Waiting', 'Running'], to: `'Paused'` },
  Running: { from: ['Paused'], to: `CASE WHEN evaluation_id IS NULL THEN 'Waiting' ELSE 'Running' END` },
  Cancelled: { from: ['Waiting', 'Running', 'Paused'], to: `'Cancelled'` },
};

/** Changes the states of runs that can reach it; others stay as they are. Answers how many have changed. */
export async function changeRuns(sql: Sql, executionIds: readonly string[], change: Change): Promise<number> {
  const { from, to } = CHANGES[change];
  return sql.transaction(async (transaction) => {
    const changed = await transaction.query<{ executionId: string }>(
      `UPDATE runs SET state = ${to} WHERE execution_id = ANY($1::text[]) AND state = ANY($2::text[]) RETURNING execution_id AS "executionId"`,
      [executionIds, from],
    );
    // A statement of its own: it sees shards that were made while the first one waited for the run's row.
    await transaction.query(`UPDATE run_shards SET state = $2 WHERE execution_id = ANY($1::text[]) AND state <> 'Done'`, [changed.map(({ executionId }) => executionId), change]);
    return changed.length;
  });
}

/** A run that never got members fails; it has nobody. */
export async function failRun(sql: Sql, executionId: string, error: string): Promise<boolean> {
  const rows = await sql.query(
    `UPDATE runs SET state = 'Failed', error = $2, finished_at = now() WHERE execution_id = $1 AND state = 'Waiting' RETURNING execution_id`,
    [executionId, error],
  );
  return rows.length > 0;
}

export interface TargetedRun {
  accepted: AcceptedRun;
  targeted: number;
  /** Of a run that was cut short, and of no other: how many never became recipients. */
  unresolved: number | null;
}

const TARGETED_COLUMNS = `accepted, targeted, CASE WHEN state = 'Cancelled' AND finished_at IS NOT NULL THEN targeted - resolved END AS unresolved`;
const IS_TARGETED = `(evaluation_id IS NOT NULL OR finished_at IS NOT NULL)`;

/** Of these executions those of which it is known how many recipients they have. */
export function readTargeted(sql: Sql, executionIds: readonly string[]): Promise<TargetedRun[]> {
  return sql.query<TargetedRun>(`SELECT ${TARGETED_COLUMNS} FROM runs WHERE execution_id = ANY($1::text[]) AND ${IS_TARGETED}`, [executionIds], { name: 'read-targeted-runs' });
}

/** Those of which that has been known for seconds and was not told. */
export function readUnannounced(sql: Sql): Promise<TargetedRun[]> {
  return sql.query<TargetedRun>(`SELECT ${TARGETED_COLUMNS} FROM runs WHERE NOT announced AND ${IS_TARGETED} AND created_at < now() - interval '5 seconds' ORDER BY created_at LIMIT 100`, [], { name: 'read-unannounced-runs' });
}

/** Remembers what was told; a run that was cut short meanwhile stays to be told. */
export async function markAnnounced(sql: Sql, runs: readonly TargetedRun[]): Promise<void> {
  await sql.query(
    `UPDATE runs r SET announced = true FROM unnest($1::text[], $2::boolean[]) AS told (execution_id, cut_short)
     WHERE r.execution_id = told.execution_id AND NOT r.announced AND told.cut_short = (r.state = 'Cancelled' AND r.finished_at IS NOT NULL)`,
    [runs.map(({ accepted }) => accepted.executionId), runs.map(({ unresolved }) => unresolved !== null)],
    { name: 'mark-runs-announced' },
  );
}

/**
 * Ends runs of which nothing is left to do: all shards are done, or it was cancelled and no page is being published or
 * unknown. Their sums are kept, their shards are not.
 * A cancelled one is to be told again, with what never became a recipient.
 */
export async function finishRuns(sql: Sql): Promise<Pick<Run, 'executionId' | 'state'>[]> {
  return sql.query<Pick<Run, 'executionId' | 'state'>>(
    `WITH ended AS (
       SELECT r.execution_id, ${sumOf('resolved')} AS resolved, ${sumOf('missing_identity')} AS missing_identity FROM runs r
       WHERE r.finished_at IS NULL AND CASE r.state
         WHEN 'Cancelled' THEN NOT EXISTS (SELECT FROM run_shards s WHERE s.execution_id = r.execution_id AND s.publishing_bucket IS NOT NULL)
         WHEN 'Waiting' THEN false
         ELSE r.evaluation_id IS NOT NULL AND NOT EXISTS (SELECT FROM run_shards s WHERE s.execution_id = r.execution_id AND s.state <> 'Done') END
     ), finished AS (
       UPDATE runs r SET state = CASE r.state WHEN 'Cancelled' THEN 'Cancelled' ELSE 'Completed' END, finished_at = now(),
         announced = r.announced AND r.state <> 'Cancelled', resolved = ended.resolved, missing_identity = ended.missing_identity
       FROM ended WHERE r.execution_id = ended.execution_id AND r.finished_at IS NULL
       RETURNING r.execution_id, r.state
     ), forgotten AS (
       DELETE FROM run_shards s USING finished WHERE s.execution_id = finished.execution_id
     )
     SELECT execution_id AS "executionId", state FROM finished`,
    [],
    { name: 'finish-runs' },
  );
}
