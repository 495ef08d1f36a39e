/**
 * Who works on which shard now.
 * Guarantee: a shard's row is changed by the holder of its token alone, apart from the run's state, and a page is begun only
 * in the statement that finds the shard running: after a cancellation is committed, no further page begins.
 * Limit: a holder that was taken over may still be publishing its last page; whoever took over publishes the same one again.
 */
import type { Sql } from '@postrider/database';
import type { AcceptedRun } from './accepted-run.js';

/** A member's place in the order of an evaluation. */
export interface Place {
  bucket: number;
  profileId: string;
}

export interface ShardClaim {
  token: string;
  executionId: string;
  shard: number;
  lastBucket: number;
  /** The checkpoint. */
  at: Place;
  /** The end of a page of which nobody knows whether it was published. */
  publishing: Place | null;
  evaluationId: string;
  accepted: AcceptedRun;
}

interface ClaimRow extends Omit<ShardClaim, 'at' | 'publishing' | 'token'> {
  atBucket: number;
  atProfile: string;
  publishingBucket: number | null;
  publishingProfile: string | null;
}

const until = (parameter: string): string => `now() + ${parameter} * interval '1 millisecond'`;

/** Takes the free shard that waited longest; of a cancelled run only one whose last page is unknown. */
export async function claimShard(sql: Sql, token: string, leaseMs: number): Promise<ShardClaim | undefined> {
  const [row] = await sql.query<ClaimRow>(
    `WITH free AS (
       SELECT execution_id, shard FROM run_shards
       WHERE lease_until < now() AND (state = 'Running' OR (state = 'Cancelled' AND publishing_bucket IS NOT NULL))
       ORDER BY served_at LIMIT 1 FOR UPDATE SKIP LOCKED
     )
     UPDATE run_shards s SET token = $1::uuid, lease_until = ${until('$2')}, served_at = now()
     FROM free JOIN runs r ON r.execution_id = free.execution_id
     WHERE s.execution_id = free.execution_id AND s.shard = free.shard
     RETURNING s.execution_id AS "executionId", s.shard, s.last_bucket AS "lastBucket", s.at_bucket AS "atBucket", s.at_profile AS "atProfile",
       s.publishing_bucket AS "publishingBucket", s.publishing_profile AS "publishingProfile", r.evaluation_id AS "evaluationId", r.accepted`,
    [token, leaseMs],
    { name: 'claim-shard' },
  );
  if (!row) return undefined;
  const { atBucket, atProfile, publishingBucket, publishingProfile, ...claim } = row;
  const publishing = publishingBucket === null || publishingProfile === null ? null : { bucket: publishingBucket, profileId: publishingProfile };
  return { ...claim, token, at: { bucket: atBucket, profileId: atProfile }, publishing };
}

export interface Progress {
  /** The end of what was published, and how much it was since the last checkpoint. */
  at: Place;
  resolved: number;
  missingIdentity: number;
  /** The end of the page that is published next; null to stop. */
  next: Place | null;
  /** Nothing of the shard is left. */
  isEnd: boolean;
}

/** Writes what was done and what is done next. False: it is not to be done, since the run goes on no more, or the lease is lost. */
export async function advanceShard(sql: Sql, { token, executionId, shard }: ShardClaim, progress: Progress, leaseMs: number): Promise<boolean> {
  const { at, resolved, missingIdentity, next, isEnd } = progress;
  const rows = await sql.query<{ goesOn: boolean }>(
    `UPDATE run_shards SET at_bucket = $4, at_profile = $5::uuid, resolved = resolved + $6, missing_identity = missing_identity + $7,
       publishing_bucket = CASE WHEN state = 'Running' THEN $8::smallint END, publishing_profile = CASE WHEN state = 'Running' THEN $9::uuid END,
       state = CASE WHEN $10 THEN 'Done' ELSE state END, served_at = now(),
       token = CASE WHEN state = 'Running' AND $8::smallint IS NOT NULL THEN token END,
       lease_until = CASE WHEN state = 'Running' AND $8::smallint IS NOT NULL THEN ${until('$11')} ELSE '-infinity' END
     WHERE execution_id = $1 AND shard = $2 AND token = $3::uuid
     RETURNING publishing_bucket IS NOT NULL AS "goesOn"`,
    [executionId, shard, token, at.bucket, at.profileId, resolved, missingIdentity, next?.bucket ?? null, next?.profileId ?? null, isEnd, leaseMs],
    { name: 'advance-shard' },
  );
  return rows[0]?.goesOn ?? false;
}

/** Shows that the holders of these tokens are alive. */
export async function extendShardLeases(sql: Sql, tokens: readonly string[], leaseMs: number): Promise<void> {
  await sql.query(`UPDATE run_shards SET lease_until = ${until('$2')} WHERE token = ANY($1::uuid[])`, [tokens, leaseMs], { name: 'extend-shard-leases' });
}

/** Gives a shard back as it is; nobody takes it before the pause is over. */
export async function releaseShard(sql: Sql, { token, executionId, shard }: ShardClaim, pauseMs: number): Promise<void> {
  await sql.query(
    `UPDATE run_shards SET token = NULL, lease_until = ${until('$4')}, served_at = now() WHERE execution_id = $1 AND shard = $2 AND token = $3::uuid`,
    [executionId, shard, token, pauseMs],
    { name: 'release-shard' },
  );
}
