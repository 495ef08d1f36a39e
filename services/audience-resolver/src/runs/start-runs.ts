/**
 * Guarantee: a run is pinned to one completed evaluation in the transaction that makes its shards, and never to another one:
 * a repeat of the execution finds the row and changes nothing.
 */
import type { Sql } from '@postrider/database';
import type { AcceptedRun } from './accepted-run.js';
import { shardRanges } from './shard-ranges.js';

/** SQL: the last completed evaluation of the audience `r.audience_id` of `r.tenant_id`. */
const LAST_COMPLETED = `
  SELECT e.evaluation_id, e.size FROM evaluations e
  WHERE e.tenant_id = r.tenant_id AND e.audience_id = r.audience_id AND e.status = 'Completed'
  ORDER BY e.completed_at DESC, e.evaluation_id DESC LIMIT 1`;

export interface NewRun {
  accepted: AcceptedRun;
  /** False while its audience is not known: such a run waits, whatever was evaluated before. */
  mayStart: boolean;
}

interface StartedRun {
  executionId: string;
  targeted: number;
}

/** Stores runs that are not stored yet, and pins those that may start to the last completed evaluation, if there is one. */
export async function insertRuns(sql: Sql, runs: readonly NewRun[], mostShards: number): Promise<void> {
  const rows = runs.map(({ accepted, mayStart }) => ({
    execution_id: accepted.executionId, tenant_id: accepted.tenantId, audience_id: accepted.audience.audienceId, campaign_id: accepted.campaignId, accepted, may_start: mayStart,
  }));
  await sql.transaction(async (transaction) => {
    const started = await transaction.query<StartedRun>(
      `INSERT INTO runs AS run (execution_id, tenant_id, audience_id, campaign_id, accepted, state, evaluation_id, targeted)
       SELECT r.execution_id, r.tenant_id, r.audience_id, r.campaign_id, r.accepted,
              CASE WHEN e.evaluation_id IS NULL THEN 'Waiting' ELSE 'Running' END, e.evaluation_id, coalesce(e.size, 0)
       FROM jsonb_to_recordset($1::jsonb) AS r (execution_id text, tenant_id text, audience_id text, campaign_id text, accepted jsonb, may_start boolean)
       LEFT JOIN LATERAL (${LAST_COMPLETED}) e ON r.may_start
       ORDER BY r.execution_id
       ON CONFLICT DO NOTHING
       RETURNING run.execution_id AS "executionId", run.targeted`,
      [JSON.stringify(rows)],
    );
    await insertShards(transaction, started, mostShards);
  });
}

/** Starts a waiting run if its audience has a completed evaluation by now. False when it has none, or the run waits no more. */
export async function startWaitingRun(sql: Sql, executionId: string, mostShards: number): Promise<boolean> {
  return sql.transaction(async (transaction) => {
    const started = await transaction.query<StartedRun>(
      `UPDATE runs AS run SET state = 'Running', evaluation_id = e.evaluation_id, targeted = e.size
       FROM (SELECT r.execution_id, e.* FROM runs r CROSS JOIN LATERAL (${LAST_COMPLETED}) e WHERE r.execution_id = $1) e
       WHERE run.execution_id = e.execution_id AND run.state = 'Waiting'
       RETURNING run.execution_id AS "executionId", run.targeted`,
      [executionId],
    );
    await insertShards(transaction, started, mostShards);
    return started.length > 0;
  });
}

/** A shard begins before the first member of its first bucket. */
async function insertShards(sql: Sql, runs: readonly StartedRun[], mostShards: number): Promise<void> {
  const rows = runs.flatMap(({ executionId, targeted }) =>
    shardRanges(targeted, mostShards).map(({ firstBucket, lastBucket }, shard) => ({ execution_id: executionId, shard, before_bucket: firstBucket - 1, last_bucket: lastBucket })),
  );
  if (rows.length === 0) return;
  await sql.query(
    `INSERT INTO run_shards (execution_id, shard, last_bucket, state, at_bucket, at_profile)
     SELECT execution_id, shard, last_bucket, 'Running', before_bucket, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
     FROM jsonb_to_recordset($1::jsonb) AS s (execution_id text, shard smallint, before_bucket smallint, last_bucket smallint)`,
    [JSON.stringify(rows)],
  );
}
