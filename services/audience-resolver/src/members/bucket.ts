/** Buckets are 0 to 1023: small enough that each is one short range of the members' key, enough to share among workers. */
export const BUCKETS = 1_024;

/** SQL: the bucket of the expression `profileId`, a uuid. A profile has the same bucket in every evaluation. */
export const bucketOf = (profileId: string): string => `(uuid_hash_extended(${profileId}, 0) & ${BUCKETS - 1})::smallint`;
