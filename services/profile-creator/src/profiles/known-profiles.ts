/** The two statements of the hot path: up to 500 identities each, one round trip. */
import { randomUUIDv7 } from 'node:crypto';
import type { Consents, JsonObject } from '@postrider/contracts';
import { columnsOf, type Sql } from '@postrider/database';
import type { StoredIdentity } from './identity-key.js';

export interface KnownProfile {
  profileId: string;
  attributes: JsonObject;
  consents: Consents;
  /** An identity of the profile in the namespace `email`: the one looked for, else the first in byte order. */
  email: string | null;
}

interface LookUpRow extends KnownProfile {
  position: number;
}

/** The profiles of these identities, in their order; undefined where nobody has the identity. */
export async function findProfiles(sql: Sql, identities: readonly StoredIdentity[]): Promise<(KnownProfile | undefined)[]> {
  const found = new Array<KnownProfile | undefined>(identities.length).fill(undefined);
  if (identities.length === 0) return found;
  const rows = await sql.query<LookUpRow>(
    `SELECT wanted.position::int - 1 AS position, p.id AS "profileId", p.attributes, p.consents,
            CASE WHEN wanted.namespace = 'email' THEN wanted.value
                 ELSE (SELECT min(e.value) FROM identities e WHERE e.profile_id = p.id AND e.namespace = 'email') END AS email
       FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS wanted(tenant_id, namespace, value, position)
       JOIN identities i ON i.tenant_id = wanted.tenant_id AND i.namespace = wanted.namespace AND i.value = wanted.value
       JOIN profiles p ON p.id = i.profile_id`,
    columnsOf(identities, ['tenantId', 'namespace', 'value']),
    { name: 'find-profiles' },
  );
  for (const { position, ...profile } of rows) found[position] = profile;
  return found;
}

/**
 * Creates a profile for each of these different identities that nobody has. Of several that create one identity at the
 * same time one wins, and the others wait for it: afterwards each identity has exactly one profile.
 * The identity is the claim: a profile is inserted only where its identity was.
 *
 * @returns the ids of those created, at the places of their identities; undefined where somebody has the identity
 */
export async function createProfiles(sql: Sql, identities: readonly StoredIdentity[], dataset: string): Promise<(string | undefined)[]> {
  const wanted = identities.map((identity) => ({ ...identity, profileId: randomUUIDv7() }));
  // Sorted, so that two statements never wait for each other.
  const created = await sql.query<{ id: string }>(
    `WITH claimed AS (
       INSERT INTO identities (tenant_id, namespace, value, profile_id)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) AS wanted(tenant_id, namespace, value, profile_id)
        ORDER BY tenant_id COLLATE "C", namespace COLLATE "C", value COLLATE "C"
       ON CONFLICT DO NOTHING
       RETURNING profile_id, tenant_id)
     INSERT INTO profiles (id, tenant_id, dataset, attributes, consents, created_at, updated_at)
     SELECT profile_id, tenant_id, $5, '{}', '{}', now(), now() FROM claimed
     RETURNING id`,
    [...columnsOf(wanted, ['tenantId', 'namespace', 'value', 'profileId']), dataset],
    { name: 'create-profiles' },
  );
  const ids = new Set(created.map((row) => row.id));
  return wanted.map(({ profileId }) => (ids.has(profileId) ? profileId : undefined));
}
