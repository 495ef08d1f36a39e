/** One statement each. Whoever writes for an upload owns it: a statement of one that was given up changes nothing. */
import type { Upload } from '@postrider/contracts';
import { columnsOf, type Sql } from '@postrider/database';
import { bucketOf } from '../members/bucket.js';
import type { UploadFault } from './read-row.js';

export interface NewUpload {
  uploadId: string;
  evaluationId: string;
  audienceId: string;
  tenantId: string;
  totalBytes: number | undefined;
}

/** One batch of an upload that is to be stored. */
export interface UploadBatch {
  rows: number;
  failedRows: number;
  profilesCreated: number;
  /** Of the whole body so far. */
  bytes: number;
  /** Rows with a profile, also those whose profile is among the members already. */
  identified: number;
  members: readonly { profileId: string; attributes: string | undefined }[];
}

type UploadRow = Omit<Upload, 'startedAt' | 'completedAt'> & { startedAt: Date; completedAt: Date | null };

/** An upload that gives no sign of life for so long was left by a dead process. */
export const LEASE_SECONDS = 30;
const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;

const UPLOAD_COLUMNS = `u.upload_id AS "uploadId", u.evaluation_id AS "evaluationId", u.audience_id AS "audienceId", u.status,
  u.bytes::float8 AS bytes, u.total_bytes::float8 AS "totalBytes", u.rows::float8 AS rows, u.members,
  u.profiles_created::float8 AS "profilesCreated", u.duplicates::float8 AS duplicates, u.failed_rows::float8 AS "failedRows",
  u.error, u.started_at AS "startedAt", u.completed_at AS "completedAt"`;

/** With its evaluation, which nobody else looks after. */
export async function beginUpload(sql: Sql, upload: NewUpload): Promise<void> {
  await sql.query(
    `WITH evaluation AS (
       INSERT INTO evaluations (evaluation_id, audience_id, tenant_id, status, size, started_at, is_upload, has_members)
       VALUES ($2, $3, $4, 'Running', 0, now(), true, true))
     INSERT INTO uploads (upload_id, evaluation_id, audience_id, tenant_id, status, bytes, total_bytes, rows, members,
                          profiles_created, duplicates, failed_rows, started_at, leased_until)
     VALUES ($1, $2, $3, $4, 'Running', 0, $5, 0, 0, 0, 0, 0, now(), ${LEASE})`,
    [upload.uploadId, upload.evaluationId, upload.audienceId, upload.tenantId, upload.totalBytes ?? null],
  );
}

/** The profiles of identities, at their places; undefined where nobody has the identity. */
export async function findMembers(sql: Sql, tenantId: string, namespace: string, identities: readonly string[]): Promise<(string | undefined)[]> {
  const found = new Array<string | undefined>(identities.length).fill(undefined);
  if (identities.length === 0) return found;
  const rows = await sql.query<{ position: number; profileId: string }>(
    `SELECT wanted.position::int - 1 AS position, i.profile_id AS "profileId"
       FROM unnest($3::text[]) WITH ORDINALITY AS wanted(value, position)
       JOIN profiles.audience_identity i ON i.tenant_id = $1 AND i.namespace = $2 AND i.value = wanted.value`,
    [tenantId, namespace, identities],
    { name: 'find-uploaded' },
  );
  for (const { position, profileId } of rows) found[position] = profileId;
  return found;
}

/** Adds members and counts at once. @returns false where the upload was given up */
export async function storeBatch(sql: Sql, uploadId: string, batch: UploadBatch): Promise<boolean> {
  const rows = await sql.query(
    `WITH mine AS (SELECT evaluation_id FROM uploads WHERE upload_id = $1 AND status = 'Running' FOR UPDATE),
          added AS (
            INSERT INTO members (evaluation_id, bucket, profile_id, attributes)
            SELECT mine.evaluation_id, ${bucketOf('wanted.profile_id')}, wanted.profile_id, wanted.attributes
              FROM mine, unnest($2::uuid[], $3::jsonb[]) AS wanted(profile_id, attributes)
            ON CONFLICT DO NOTHING
            RETURNING 1),
          counted AS (SELECT count(*)::int AS members FROM added)
     UPDATE uploads u
        SET members = u.members + counted.members, duplicates = u.duplicates + $4 - counted.members, rows = u.rows + $5,
            failed_rows = u.failed_rows + $6, profiles_created = u.profiles_created + $7, bytes = greatest(u.bytes, $8),
            leased_until = ${LEASE}
       FROM mine, counted
      WHERE u.upload_id = $1
     RETURNING 1`,
    [
      uploadId, ...columnsOf(batch.members, ['profileId', 'attributes']), batch.identified, batch.rows, batch.failedRows, batch.profilesCreated, batch.bytes,
    ],
    { name: 'store-upload-batch' },
  );
  return rows.length > 0;
}

export async function storeFaults(sql: Sql, uploadId: string, faults: readonly UploadFault[]): Promise<void> {
  if (faults.length === 0) return;
  await sql.query(
    `INSERT INTO upload_errors (upload_id, line, column_name, code, message)
     SELECT $1, wanted.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) AS wanted(line, column_name, code, message)
     ON CONFLICT DO NOTHING`,
    [uploadId, ...columnsOf(faults, ['line', 'column', 'code', 'message'])],
    { name: 'store-upload-faults' },
  );
}

/** A sign of life, and what is to be seen of it meanwhile. @returns false where the upload was given up */
export async function touchUpload(sql: Sql, uploadId: string, bytes: number): Promise<boolean> {
  const rows = await sql.query(
    `WITH mine AS (
       UPDATE uploads SET bytes = greatest(bytes, $2), leased_until = ${LEASE} WHERE upload_id = $1 AND status = 'Running'
       RETURNING evaluation_id, members)
     UPDATE evaluations e SET size = mine.members FROM mine WHERE e.evaluation_id = mine.evaluation_id
     RETURNING 1`,
    [uploadId, bytes],
    { name: 'touch-upload' },
  );
  return rows.length > 0;
}

/** Ends one that runs, with its evaluation: from then on it is in force, or never. @returns false where it was given up */
export async function endUpload(sql: Sql, uploadId: string, end: { bytes: number; error: string | null }): Promise<boolean> {
  const rows = await sql.query(
    `WITH mine AS (
       UPDATE uploads SET status = CASE WHEN $3::text IS NULL THEN 'Completed' ELSE 'Failed' END, error = $3,
              bytes = greatest(bytes, $2), completed_at = now()
        WHERE upload_id = $1 AND status = 'Running'
       RETURNING evaluation_id, status, error, members, completed_at)
     UPDATE evaluations e SET status = mine.status, error = mine.error, size = mine.members, completed_at = mine.completed_at
       FROM mine WHERE e.evaluation_id = mine.evaluation_id
     RETURNING 1`,
    [uploadId, end.bytes, end.error],
  );
  return rows.length > 0;
}

/** Fails those that gave no sign of life for too long. @returns their ids */
export async function giveUpLapsed(sql: Sql, error: string): Promise<string[]> {
  const rows = await sql.query<{ uploadId: string }>(
    `WITH lapsed AS (
       UPDATE uploads SET status = 'Failed', error = $1, completed_at = now()
        WHERE upload_id IN (SELECT upload_id FROM uploads WHERE status = 'Running' AND leased_until < now() FOR UPDATE SKIP LOCKED)
       RETURNING upload_id, evaluation_id, error, completed_at)
     UPDATE evaluations e SET status = 'Failed', error = lapsed.error, completed_at = lapsed.completed_at
       FROM lapsed WHERE e.evaluation_id = lapsed.evaluation_id
     RETURNING lapsed.upload_id AS "uploadId"`,
    [error],
  );
  return rows.map(({ uploadId }) => uploadId);
}

/** Evaluations of failed uploads whose members are still there. */
export async function findFailed(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ evaluationId: string }>(
    `SELECT evaluation_id AS "evaluationId" FROM evaluations WHERE has_members AND status = 'Failed' AND is_upload ORDER BY completed_at LIMIT 100`,
  );
  return rows.map(({ evaluationId }) => evaluationId);
}

/** @returns how many were there to be removed, `limit` at most */
export async function removeMembers(sql: Sql, evaluationId: string, limit: number): Promise<number> {
  const removed = await sql.query(
    `DELETE FROM members WHERE ctid = ANY(ARRAY(SELECT ctid FROM members WHERE evaluation_id = $1 LIMIT $2)) RETURNING 1`,
    [evaluationId, limit],
  );
  return removed.length;
}

export async function markEmpty(sql: Sql, evaluationId: string): Promise<void> {
  await sql.query('UPDATE evaluations SET has_members = false, size = 0 WHERE evaluation_id = $1', [evaluationId]);
}

/** Reports are kept for a month, and the uploads with them. */
export async function removeOldUploads(sql: Sql, limit: number): Promise<number> {
  const removed = await sql.query(
    `DELETE FROM uploads WHERE upload_id IN (SELECT upload_id FROM uploads WHERE completed_at < now() - interval '30 days' LIMIT $1) RETURNING 1`,
    [limit],
  );
  return removed.length;
}

export async function readUpload(sql: Sql, tenantId: string, audienceId: string, uploadId: string): Promise<Upload | undefined> {
  const rows = await sql.query<UploadRow>(
    `SELECT ${UPLOAD_COLUMNS} FROM uploads u WHERE u.upload_id = $1 AND u.tenant_id = $2 AND u.audience_id = $3`,
    [uploadId, tenantId, audienceId],
  );
  return rows.map((row) => ({ ...row, startedAt: row.startedAt.toISOString(), completedAt: row.completedAt?.toISOString() ?? null }))[0];
}

/** One page of the report, by line. */
export async function readFaults(sql: Sql, uploadId: string, afterLine: number, limit: number): Promise<UploadFault[]> {
  return sql.query<UploadFault>(
    `SELECT line::float8 AS line, column_name AS "column", code, message FROM upload_errors
      WHERE upload_id = $1 AND line > $2 ORDER BY line LIMIT $3`,
    [uploadId, afterLine, limit],
  );
}
