import type { NewAudienceExecution, NewExecution } from './execution-store.js';

export const EXECUTION_COLUMNS = [
  'executionId', 'tenantId', 'campaignId', 'campaignVersionId', 'requestId', 'bodyHash', 'answer', 'namespace', 'targeted', 'createdAt', 'createdBy', 'expiresAt',
  'leaseToken',
] as const satisfies readonly (keyof NewExecution)[];

export const AUDIENCE_COLUMNS = [...EXECUTION_COLUMNS, 'audienceId', 'context'] as const satisfies readonly (keyof NewAudienceExecution)[];

const COLUMNS = 'execution_id, tenant_id, campaign_id, campaign_version_id, request_id, body_hash, answer, namespace, targeted, created_at, created_by, expires_at';

/** One look into an index for each row, whatever the planner thinks of the table: it is written so that it is no join. */
const HELD_BY_A_SCHEDULE = `
  (SELECT true FROM schedules s WHERE s.execution_id = i.execution_id AND (i.lease_token IS NULL OR s.lease_token IS DISTINCT FROM i.lease_token) LIMIT 1)`;

/** Rows whose id is there already, or whose requestId a schedule holds, are passed over. */
export const INSERT_EXECUTIONS = `
  INSERT INTO executions (${COLUMNS})
  SELECT ${COLUMNS}
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::json[], $8::text[], $9::integer[], $10::timestamptz[], $11::text[],
              $12::timestamptz[], $13::uuid[]) AS i (${COLUMNS}, lease_token)
  WHERE ${HELD_BY_A_SCHEDULE} IS NULL
  ORDER BY 1
  ON CONFLICT (execution_id) DO NOTHING RETURNING execution_id AS "executionId"`;

/** In one statement, so that no execution of an audience is ever without it. */
export const INSERT_AUDIENCE_EXECUTIONS = `
  WITH stored AS (${INSERT_EXECUTIONS})
  INSERT INTO audience_executions (execution_id, audience_id, context)
  SELECT execution_id, audience_id, context
  FROM unnest($1::text[], $14::text[], $15::json[]) AS i (execution_id, audience_id, context) JOIN stored ON stored."executionId" = i.execution_id
  RETURNING execution_id AS "executionId"`;

export const READ_EXECUTIONS = `
  SELECT execution_id AS "executionId", campaign_version_id AS "campaignVersionId", body_hash AS "bodyHash", answer,
         expires_at AS "expiresAt", published_at IS NOT NULL AS "isPublished"
  FROM executions WHERE execution_id = ANY($1::text[])`;
