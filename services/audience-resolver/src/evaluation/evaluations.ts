/** Statements over evaluations. An audience has one at a time that is no upload: the index `evaluations_running` sees to it. */
import type { Evaluation } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import type { MemberQuery } from './member-query.js';

export interface AudienceKey {
  tenantId: string;
  audienceId: string;
}

type EvaluationRow = Omit<Evaluation, 'startedAt' | 'completedAt'> & { startedAt: Date; completedAt: Date | null };

const COLUMNS = `evaluation_id AS "evaluationId", audience_id AS "audienceId", status, size, started_at AS "startedAt", completed_at AS "completedAt", error`;
const ONE_AT_A_TIME = `ON CONFLICT (tenant_id, audience_id) WHERE status = 'Running' AND NOT is_upload DO NOTHING`;

/** A new one for the workers; nothing where one goes on already. */
export async function insertRunning(sql: Sql, { tenantId, audienceId }: AudienceKey, evaluationId: string, revision: number): Promise<void> {
  await sql.query(
    `INSERT INTO evaluations (evaluation_id, tenant_id, audience_id, status, is_upload, revision) VALUES ($1, $2, $3, 'Running', false, $4) ${ONE_AT_A_TIME}`,
    [evaluationId, tenantId, audienceId, revision],
  );
}

/** A first one; nothing where one goes on, or was completed. Processes that ask at the same instant may make a second one. */
export async function insertFirst(sql: Sql, { tenantId, audienceId }: AudienceKey, evaluationId: string): Promise<void> {
  await sql.query(
    `INSERT INTO evaluations (evaluation_id, tenant_id, audience_id, status, is_upload)
     SELECT $1, $2, $3, 'Running', false
      WHERE NOT EXISTS (SELECT FROM evaluations WHERE tenant_id = $2 AND audience_id = $3 AND status = 'Completed') ${ONE_AT_A_TIME}`,
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

/** Newest first, `limit` of them; their ids are in the order of their beginnings. */
export async function readHistory(sql: Sql, { tenantId, audienceId }: AudienceKey, after: string | undefined, limit: number): Promise<Evaluation[]> {
  const rows = await sql.query<EvaluationRow>(
    `SELECT ${COLUMNS} FROM evaluations
      WHERE tenant_id = $1 AND audience_id = $2 AND ($3::uuid IS NULL OR evaluation_id < $3)
      ORDER BY evaluation_id DESC LIMIT $4`,
    [tenantId, audienceId, after ?? null, limit],
  );
  return rows.map(evaluationOf);
}

export interface WaitingEvaluation extends AudienceKey {
  evaluationId: string;
  /** Of the definition that it must have at least. */
  revision: number;
  /** Since it was asked for. */
  ageMs: number;
}

/** Those to be worked on, oldest first. */
export async function readWaiting(sql: Sql): Promise<WaitingEvaluation[]> {
  return sql.query(
    `SELECT evaluation_id AS "evaluationId", tenant_id AS "tenantId", audience_id AS "audienceId", revision,
            (extract(epoch FROM now() - started_at) * 1000)::float8 AS "ageMs"
       FROM evaluations WHERE status = 'Running' AND NOT is_upload ORDER BY evaluation_id LIMIT 100`,
    [],
    { name: 'read-waiting-evaluations' },
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

/** @returns how many */
export async function insertMembers(sql: Sql, evaluationId: string, { text, values }: MemberQuery): Promise<number> {
  const own = `$${values.length + 1}::uuid`;
  const [row] = await sql.query<{ size: number }>(
    `WITH inserted AS (
       INSERT INTO members (evaluation_id, bucket, profile_id, attributes)
       SELECT ${own}, found.bucket, found.profile_id, found.attributes FROM (${text}) found ORDER BY found.bucket, found.profile_id
       RETURNING 1)
     SELECT count(*)::int AS size FROM inserted`,
    [...values, evaluationId],
  );
  return row?.size ?? 0;
}
