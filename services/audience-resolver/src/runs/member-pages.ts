import type { JsonObject } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import type { Place, ShardClaim } from './shard-leases.js';

/** A member of an evaluation, and where the run sends to. */
export interface RunMember extends Place {
  /** Of the membership; null where it has none. */
  attributes: JsonObject | null;
  /** As it is stored, normalised; of several the first in byte order. Null when the profile has none, or is gone. */
  identity: string | null;
}

export interface PageRange {
  after: Place;
  /** The last member of the page; null for a whole page. */
  upTo: Place | null;
}

/** By the members' primary key, and one look in the index of identities for each member: no sort, no cursor. */
const STATEMENT = `
  SELECT m.bucket, m.profile_id AS "profileId", m.attributes, i.value AS identity
  FROM members m
  LEFT JOIN LATERAL (
    SELECT min(value) AS value FROM profiles.audience_identity i WHERE i.profile_id = m.profile_id AND i.tenant_id = $2 AND i.namespace = $3
  ) i ON true
  WHERE m.evaluation_id = $1 AND (m.bucket, m.profile_id) > ($4::smallint, $5::uuid) AND (m.bucket, m.profile_id) <= ($6::smallint, $7::uuid)
  ORDER BY m.bucket, m.profile_id
  LIMIT $8`;

const LAST_PROFILE = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The members of a shard that follow a place: as many as a page has, or all up to another place. */
export function readMembers(sql: Sql, { evaluationId, accepted, lastBucket }: ShardClaim, { after, upTo }: PageRange, pageMembers: number): Promise<RunMember[]> {
  const last = upTo ?? { bucket: lastBucket, profileId: LAST_PROFILE };
  const namespace = accepted.audience.identityType.toLowerCase();
  return sql.query<RunMember>(
    STATEMENT,
    [evaluationId, accepted.tenantId, namespace, after.bucket, after.profileId, last.bucket, last.profileId, upTo ? null : pageMembers],
    { name: 'read-run-members' },
  );
}
