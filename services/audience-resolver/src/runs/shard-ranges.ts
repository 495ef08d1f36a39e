/** Buckets are 0 to 1023, a member's being a hash of its profile. */
const BUCKETS = 1_024;
/** Fewer members than this are not worth a shard of their own. */
const MIN_MEMBERS_A_SHARD = 10_000;

/** Both ends included. */
export interface ShardRange {
  firstBucket: number;
  lastBucket: number;
}

/** All buckets in up to `most` ranges of nearly equal length; fewer of them for a small audience, none for an empty one. */
export function shardRanges(members: number, most: number): ShardRange[] {
  const shards = Math.min(most, BUCKETS, Math.ceil(members / MIN_MEMBERS_A_SHARD));
  const firstOf = (shard: number): number => Math.floor((shard * BUCKETS) / shards);
  return Array.from({ length: shards }, (_, shard) => ({ firstBucket: firstOf(shard), lastBucket: firstOf(shard + 1) - 1 }));
}
