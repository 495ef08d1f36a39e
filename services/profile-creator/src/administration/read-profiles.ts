import type { Profile } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import type { StoredIdentity } from '../profiles/identity-key.js';

type ProfileRow = Omit<Profile, 'createdAt' | 'updatedAt'> & { createdAt: Date; updatedAt: Date };

const PROFILE_COLUMNS = `p.id, p.dataset, p.attributes, p.consents, p.created_at AS "createdAt", p.updated_at AS "updatedAt",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('namespace', o.namespace, 'value', o.value) ORDER BY o.namespace, o.value), '[]')
     FROM identities o WHERE o.profile_id = p.id) AS identities`;

/** Another tenant's profile looks exactly like a missing one. */
export async function readProfile(sql: Sql, tenantId: string, id: string): Promise<Profile | undefined> {
  const rows = await sql.query<ProfileRow>(`SELECT ${PROFILE_COLUMNS} FROM profiles p WHERE p.tenant_id = $1 AND p.id = $2`, [tenantId, id]);
  return rows.map(profileOf)[0];
}

export async function readProfileOf(sql: Sql, { tenantId, namespace, value }: StoredIdentity): Promise<Profile | undefined> {
  const rows = await sql.query<ProfileRow>(
    `SELECT ${PROFILE_COLUMNS} FROM identities i JOIN profiles p ON p.id = i.profile_id
      WHERE i.tenant_id = $1 AND i.namespace = $2 AND i.value = $3`,
    [tenantId, namespace, value],
  );
  return rows.map(profileOf)[0];
}

/** With its identities. @returns whether it was there */
export async function deleteProfile(sql: Sql, tenantId: string, id: string): Promise<boolean> {
  const deleted = await sql.query('DELETE FROM profiles WHERE tenant_id = $1 AND id = $2 RETURNING id', [tenantId, id]);
  return deleted.length > 0;
}

function profileOf(row: ProfileRow): Profile {
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}

/** Of values in one namespace, those that somebody has. */
export async function findProfileIds(
  sql: Sql,
  tenantId: string,
  namespace: string,
  values: readonly string[],
): Promise<{ value: string; profileId: string }[]> {
  return sql.query<{ value: string; profileId: string }>(
    `SELECT i.value, i.profile_id AS "profileId"
       FROM unnest($3::text[]) AS wanted(value)
       JOIN identities i ON i.tenant_id = $1 AND i.namespace = $2 AND i.value = wanted.value`,
    [tenantId, namespace, values],
    { name: 'find-profile-ids' },
  );
}
