/**
 * Guarantee: one transaction: all of the upserts, or none. Existing profiles are locked before anything is planned, so two
 * callers that change one profile come one after the other, and none of their attributes is lost.
 * Limits: locks are taken in the order of ids and identities written in byte order, so callers wait for each other but
 * never in a circle; up to 500 upserts a call.
 * Failure modes: an identity that somebody took meanwhile rolls back everything and starts again with a new reading;
 * after five times it is `ProfilesKeepChanging`.
 */
import { columnsOf, sqlStateOf, type Sql } from '@postrider/database';
import { ProfilesKeepChanging } from '../profiles/profiles.errors.js';
import type { ProfileUpsert } from './parse-profile.js';
import { ownerKeyOf, planUpserts, type PlannedIdentity, type PlannedProfile, type UpsertOutcome } from './plan-upserts.js';

/** The dataset of profiles that an administrator or another system stored. */
export const ADMINISTRATION_DATASET = 'Postrider Profiles';
const ATTEMPTS = 5;
const FOREIGN_KEY_VIOLATION = '23503';
/** Names that an upsert removes: those it gives as JSON null. */
const REMOVED_NAMES = `ARRAY(SELECT name FROM jsonb_each(wanted.attributes) AS given(name, value) WHERE value = 'null')`;

/** Somebody else took an identity, or deleted a profile, between reading and writing. */
class ChangedMeanwhile extends Error {}

/** Applies upserts in their order; `then` runs in the same transaction. */
export async function applyUpserts<T>(
  sql: Sql,
  tenantId: string,
  upserts: readonly ProfileUpsert[],
  then: (sql: Sql, outcomes: UpsertOutcome[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sql.transaction(async (transaction) => then(transaction, await writeOnce(transaction, tenantId, upserts)));
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) && sqlStateOf(error) !== FOREIGN_KEY_VIOLATION) throw error;
      if (attempt === ATTEMPTS) throw new ProfilesKeepChanging();
    }
  }
}

async function writeOnce(sql: Sql, tenantId: string, upserts: readonly ProfileUpsert[]): Promise<UpsertOutcome[]> {
  const owners = await lockOwners(sql, tenantId, upserts);
  const plan = planUpserts(upserts, owners);
  await insertProfiles(sql, tenantId, plan.profiles.filter((profile) => profile.isNew));
  await insertIdentities(sql, tenantId, plan.identities);
  await mergeProfiles(sql, plan.profiles.filter((profile) => !profile.isNew));
  return plan.outcomes;
}

async function lockOwners(sql: Sql, tenantId: string, upserts: readonly ProfileUpsert[]): Promise<Map<string, string>> {
  const identities = upserts.flatMap((upsert) => upsert.identities);
  const rows = await sql.query<PlannedIdentity>(
    `SELECT i.namespace, i.value, i.profile_id AS "profileId"
       FROM unnest($2::text[], $3::text[]) AS wanted(namespace, value)
       JOIN identities i ON i.tenant_id = $1 AND i.namespace = wanted.namespace AND i.value = wanted.value
       JOIN profiles p ON p.id = i.profile_id
      ORDER BY p.id
        FOR NO KEY UPDATE OF p`,
    [tenantId, ...columnsOf(identities, ['namespace', 'value'])],
    { name: 'lock-owners' },
  );
  return new Map(rows.map((row) => [ownerKeyOf(row), row.profileId]));
}

async function insertProfiles(sql: Sql, tenantId: string, profiles: readonly PlannedProfile[]): Promise<void> {
  if (profiles.length === 0) return;
  await sql.query(
    `INSERT INTO profiles (id, tenant_id, dataset, attributes, consents, created_at, updated_at)
     SELECT id, $1, $2, attributes - ${REMOVED_NAMES}, consents, now(), now()
       FROM unnest($3::uuid[], $4::jsonb[], $5::jsonb[]) AS wanted(id, attributes, consents)`,
    [tenantId, ADMINISTRATION_DATASET, ...columnsOf(profiles, ['id', 'attributes', 'consents'])],
    { name: 'insert-profiles' },
  );
}

async function insertIdentities(sql: Sql, tenantId: string, identities: readonly PlannedIdentity[]): Promise<void> {
  if (identities.length === 0) return;
  const inserted = await sql.query(
    `INSERT INTO identities (tenant_id, namespace, value, profile_id)
     SELECT $1, namespace, value, profile_id FROM unnest($2::text[], $3::text[], $4::uuid[]) AS wanted(namespace, value, profile_id)
      ORDER BY namespace COLLATE "C", value COLLATE "C"
     ON CONFLICT DO NOTHING
     RETURNING profile_id`,
    [tenantId, ...columnsOf(identities, ['namespace', 'value', 'profileId'])],
    { name: 'insert-identities' },
  );
  if (inserted.length < identities.length) throw new ChangedMeanwhile();
}

async function mergeProfiles(sql: Sql, profiles: readonly PlannedProfile[]): Promise<void> {
  if (profiles.length === 0) return;
  const merged = await sql.query(
    `UPDATE profiles p
        SET attributes = (p.attributes || wanted.attributes) - ${REMOVED_NAMES},
            consents = p.consents || wanted.consents,
            updated_at = now()
       FROM unnest($1::uuid[], $2::jsonb[], $3::jsonb[]) AS wanted(id, attributes, consents)
      WHERE p.id = wanted.id
     RETURNING p.id`,
    columnsOf(profiles, ['id', 'attributes', 'consents']),
    { name: 'merge-profiles' },
  );
  if (merged.length < profiles.length) throw new ChangedMeanwhile();
}
