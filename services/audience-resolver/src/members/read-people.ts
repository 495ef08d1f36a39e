import type { AudienceMember, Profile } from '@postrider/contracts';
import type { Sql } from '@postrider/database';

const IDENTITIES = `(SELECT coalesce(jsonb_agg(jsonb_build_object('namespace', i.namespace, 'value', i.value) ORDER BY i.namespace, i.value), '[]')
  FROM profiles.audience_identity i WHERE i.profile_id = f.profile_id)`;

type PersonRow = Omit<Profile, 'createdAt' | 'updatedAt'> & { createdAt: Date; updatedAt: Date };

/** Some of those that a query of members finds. */
export async function readPeople(sql: Sql, query: { text: string; values: readonly unknown[] }, limit: number): Promise<Profile[]> {
  const rows = await sql.query<PersonRow>(
    `WITH f AS MATERIALIZED (SELECT m.profile_id, m.attributes FROM (${query.text}) m LIMIT $${query.values.length + 1}::bigint)
     SELECT p.profile_id AS id, p.dataset, ${IDENTITIES} AS identities, p.attributes || coalesce(f.attributes, '{}') AS attributes,
            p.consents, p.created_at AS "createdAt", p.updated_at AS "updatedAt"
       FROM f JOIN profiles.audience_profile p ON p.profile_id = f.profile_id ORDER BY p.profile_id`,
    [...query.values, limit],
  );
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() }));
}

export interface MemberPosition {
  evaluationId: string;
  bucket: number;
  profileId: string;
}

/** `limit` members after a position, in the order of their key. A profile that is gone meanwhile has no identities. */
export async function readMembers(sql: Sql, after: MemberPosition, limit: number): Promise<(AudienceMember & { bucket: number })[]> {
  return sql.query(
    `SELECT f.bucket, f.profile_id AS "profileId", coalesce(f.attributes, '{}') AS attributes, ${IDENTITIES} AS identities
       FROM members f WHERE f.evaluation_id = $1 AND (f.bucket, f.profile_id) > ($2::smallint, $3::uuid)
      ORDER BY f.bucket, f.profile_id LIMIT $4`,
    [after.evaluationId, after.bucket, after.profileId, limit],
    { name: 'read-members' },
  );
}
