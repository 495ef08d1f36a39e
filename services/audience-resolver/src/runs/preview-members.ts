import type { JsonObject } from '@postrider/contracts';
import type { Sql } from '@postrider/database';

export interface PreviewScope {
  tenantId: string;
  /** In lower case. */
  namespace: string;
  evaluationId: string;
}

/** Members that a run in this namespace would exclude: one look in an index for each, whatever the planner knows of the tables. */
export async function countMissing(sql: Sql, { tenantId, namespace, evaluationId }: PreviewScope): Promise<number> {
  const [row] = await sql.query<{ missing: number }>(
    `SELECT count(*)::int AS missing FROM members m LEFT JOIN LATERAL (
       SELECT true AS "isThere" FROM profiles.audience_identity i WHERE i.profile_id = m.profile_id AND i.tenant_id = $2 AND i.namespace = $3 LIMIT 1
     ) i ON true
     WHERE m.evaluation_id = $1 AND i."isThere" IS NULL`,
    [evaluationId, tenantId, namespace],
  );
  return row?.missing ?? 0;
}

export interface SampledMember {
  profileId: string;
  userId: string;
  /** An e-mail identity of the profile: the first in byte order. */
  email: string | null;
  /** The profile's, with those of the membership over them. */
  attributes: JsonObject;
}

/** The first members that a run in this namespace would send to. */
export function readSample(sql: Sql, { tenantId, namespace, evaluationId }: PreviewScope, limit: number): Promise<SampledMember[]> {
  return sql.query<SampledMember>(
    `SELECT m.profile_id AS "profileId", i.value AS "userId", p.attributes || coalesce(m.attributes, '{}') AS attributes,
       (SELECT min(value) FROM profiles.audience_identity e WHERE e.profile_id = m.profile_id AND e.tenant_id = $2 AND e.namespace = 'email') AS email
     FROM members m
     CROSS JOIN LATERAL (
       SELECT min(value) AS value FROM profiles.audience_identity i WHERE i.profile_id = m.profile_id AND i.tenant_id = $2 AND i.namespace = $3
     ) i
     JOIN profiles.audience_profile p ON p.profile_id = m.profile_id
     WHERE m.evaluation_id = $1 AND i.value IS NOT NULL
     ORDER BY m.bucket, m.profile_id LIMIT $4`,
    [evaluationId, tenantId, namespace, limit],
  );
}
