import type { Run } from '@postrider/contracts';
import type { Sql } from '@postrider/database';

export interface UnfinishedRun {
  executionId: string;
  tenantId: string;
  audienceId: string;
  campaignId: string;
  state: Run['state'];
  awaitedEvaluationId: string | null;
  /** Since it was accepted here. */
  ageMs: number;
}

/** Runs of which something is left to do, by the database's clock. */
export function readUnfinished(sql: Sql): Promise<UnfinishedRun[]> {
  return sql.query<UnfinishedRun>(
    `SELECT execution_id AS "executionId", tenant_id AS "tenantId", audience_id AS "audienceId", campaign_id AS "campaignId", state,
       awaited_evaluation_id AS "awaitedEvaluationId", (extract(epoch FROM now() - created_at) * 1000)::float8 AS "ageMs"
     FROM runs WHERE finished_at IS NULL ORDER BY created_at`,
    [],
    { name: 'read-unfinished-runs' },
  );
}

export function countUnfinished(sql: Sql): Promise<{ state: Run['state']; runs: number; oldest: Date }[]> {
  return sql.query('SELECT state, count(*)::int AS runs, min(created_at) AS oldest FROM runs WHERE finished_at IS NULL GROUP BY state');
}

/** Remembers the evaluation that a waiting run was told to wait for. */
export async function awaitEvaluation(sql: Sql, executionId: string, evaluationId: string): Promise<void> {
  await sql.query(`UPDATE runs SET awaited_evaluation_id = $2 WHERE execution_id = $1 AND state = 'Waiting'`, [executionId, evaluationId]);
}

/** How an evaluation ended; null while it goes on. Undefined when there is no such evaluation. */
export async function readOutcome(sql: Sql, evaluationId: string): Promise<{ failed: boolean; error: string | null } | undefined> {
  const [row] = await sql.query<{ failed: boolean; error: string | null }>(`SELECT status = 'Failed' AS failed, error FROM evaluations WHERE evaluation_id = $1`, [evaluationId]);
  return row;
}

export interface EvaluationRequest {
  tenantId: string;
  audienceId: string;
  /** Its members are uploaded: there is nothing to evaluate, but an upload may be going on. */
  isUpload: boolean;
  evaluationId: string;
}

/**
 * The evaluation that goes on, or a new one for the evaluation's workers to take up. Undefined for an upload that nobody makes,
 * and where another process began one at the same moment: the next look finds it.
 */
export async function requestEvaluation(sql: Sql, { tenantId, audienceId, isUpload, evaluationId }: EvaluationRequest): Promise<string | undefined> {
  const [row] = await sql.query<{ evaluationId: string }>(
    `WITH running AS (
       SELECT evaluation_id FROM evaluations WHERE tenant_id = $1 AND audience_id = $2 AND status = 'Running' ORDER BY started_at LIMIT 1
     ), created AS (
       INSERT INTO evaluations (evaluation_id, tenant_id, audience_id, status, is_upload)
       SELECT $3::uuid, $1, $2, 'Running', false WHERE NOT $4 AND NOT EXISTS (SELECT FROM running)
       ON CONFLICT DO NOTHING RETURNING evaluation_id
     )
     SELECT evaluation_id AS "evaluationId" FROM running UNION ALL SELECT evaluation_id FROM created`,
    [tenantId, audienceId, evaluationId, isUpload],
  );
  return row?.evaluationId;
}
