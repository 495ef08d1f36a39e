/** Statements over evaluations. An audience has one at a time that is no upload: the index `evaluations_running` sees to it. */
import type { Evaluation } from '@postrider/contracts';
import type { Sql } from '@postrider/database';

export interface AudienceKey {
  tenantId: string;
  audienceId: string;
}

type EvaluationRow = Omit<Evaluation, 'startedAt' | 'completedAt'> & { startedAt: Date; completedAt: Date | null };

const COLUMNS = `evaluation_id AS "evaluationId", audience_id AS "audienceId", status, size, started_at AS "startedAt", completed_at AS "completedAt", error`;
const ONE_AT_A_TIME = `ON CONFLICT (tenant_id, audience_id) WHERE status = 'Running' AND NOT is_upload DO NOTHING`;

/** A new one for the workers; nothing where one goes on already. */
export async function insertRunning(sql: Sql, { tenantId, audienceId }: AudienceKey, evaluationId: string): Promise<void> {
  await sql.query(
    `INSERT INTO evaluations (evaluation_id, tenant_id, audience_id, status, is_upload) VALUES ($1, $2, $3, 'Running', false) ${ONE_AT_A_TIME}`,
    [evaluationId, tenantId, audienceId],
  );
}

export async function readRunning(sql: Sql, { tenantId, audienceId }: AudienceKey): Promise<Evaluation | undefined> {
  const rows = await sql.query<EvaluationRow>(
    `SELECT ${COLUMNS} FROM evaluations WHERE tenant_id = $1 AND audience_id = $2 AND status = 'Running' AND NOT is_upload`,
    [tenantId, audienceId],
  );
  return rows.map(evaluationOf)[0];
}

export async function readEvaluation(sql: Sql, evaluationId: string): Promise<Evaluation | undefined> {
  const rows = await sql.query<EvaluationRow>(`SELECT ${COLUMNS} FROM evaluations WHERE evaluation_id = $1`, [evaluationId]);
  return rows.map(evaluationOf)[0];
}

/** The last completed one of each audience that has one. */
export async function readLatest(sql: Sql, tenantId: string, audienceIds: readonly string[]): Promise<Evaluation[]> {
  const rows = await sql.query<EvaluationRow>(
    `SELECT latest.* FROM unnest($2::text[]) AS wanted(id)
      CROSS JOIN LATERAL (
        SELECT ${COLUMNS} FROM evaluations WHERE tenant_id = $1 AND audience_id = wanted.id AND status = 'Completed'
         ORDER BY completed_at DESC, evaluation_id DESC LIMIT 1) latest`,
    [tenantId, [...new Set(audienceIds)]],
  );
  return rows.map(evaluationOf);
}

export interface HistoryPosition {
  startedAt: string;
  evaluationId: string;
}

/** Newest first, `limit` of them after a position. */
export async function readHistory(sql: Sql, { tenantId, audienceId }: AudienceKey, after: HistoryPosition | undefined, limit: number): Promise<Evaluation[]> {
  const rows = await sql.query<EvaluationRow>(
    `SELECT ${COLUMNS} FROM evaluations
      WHERE tenant_id = $1 AND audience_id = $2 AND ($3::timestamptz IS NULL OR (date_trunc('milliseconds', started_at), evaluation_id) < ($3, $4::uuid))
      ORDER BY date_trunc('milliseconds', started_at) DESC, evaluation_id DESC LIMIT $5`,
    [tenantId, audienceId, after?.startedAt ?? null, after?.evaluationId ?? null, limit],
  );
  return rows.map(evaluationOf);
}

/** Those to be worked on, oldest first. */
export async function readWaiting(sql: Sql): Promise<(AudienceKey & { evaluationId: string })[]> {
  return sql.query(
    `SELECT evaluation_id AS "evaluationId", tenant_id AS "tenantId", audience_id AS "audienceId" FROM evaluations
      WHERE status = 'Running' AND NOT is_upload ORDER BY started_at, evaluation_id LIMIT 100`,
  );
}

/** Within a transaction: nobody else works on it until that ends, however it does. @returns false where somebody does, or did */
export async function claim(sql: Sql, evaluationId: string): Promise<boolean> {
  const rows = await sql.query(`SELECT FROM evaluations WHERE evaluation_id = $1 AND status = 'Running' FOR UPDATE SKIP LOCKED`, [evaluationId]);
  return rows.length > 0;
}

export async function complete(sql: Sql, evaluationId: string, size: number): Promise<void> {
  await sql.query(`UPDATE evaluations SET status = 'Completed', size = $2, completed_at = clock_timestamp() WHERE evaluation_id = $1`, [evaluationId, size]);
}

export async function fail(sql: Sql, evaluationId: string, error: string): Promise<void> {
  await sql.query(`UPDATE evaluations SET status = 'Failed', error = $2, completed_at = clock_timestamp() WHERE evaluation_id = $1 AND status = 'Running'`, [evaluationId, error]);
}

function evaluationOf(row: EvaluationRow): Evaluation {
  return { ...row, startedAt: row.startedAt.toISOString(), completedAt: row.completedAt?.toISOString() ?? null };
}
