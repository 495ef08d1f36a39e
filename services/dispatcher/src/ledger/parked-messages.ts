/**
 * Messages that wait for a permission: their turn at a send rate, or the end of a pause.
 * Guarantee: each is taken by one process. Limit: within an execution they are taken in no order that means anything.
 */
import type { Sql } from '@postrider/database';
import type { AttemptMark } from './open-messages.js';
import { takingStatement, type TakenMessage } from './take-messages.js';

/** An execution that has parked messages. */
export interface ParkedExecution {
  campaignId: string;
  executionId: string;
  /** How many are parked, counted no further than was asked for. */
  waiting: number;
  /** Of one of them; what it says of the execution is true of all. */
  payload: unknown;
  isPaused: boolean;
  isCancelled: boolean;
}

/**
 * The parked rows `r` of the place `p`, in the order of their index. Written as a range, and over a `p` whose values the planner
 * does not see: in the first minutes of a large execution there are no statistics, and an equality of which it expects a dozen
 * rows would make it collect and sort them all.
 */
const OF_PLACE = `r.parked AND (r.campaign_id, r.execution_id) >= (p.campaign_id, p.execution_id)
    AND (r.campaign_id, r.execution_id) <= (p.campaign_id, p.execution_id)
  ORDER BY r.campaign_id, r.execution_id, r.message_id`;

/** From one execution to the next over the index, however many messages each has. */
const FIND = `
  WITH RECURSIVE place AS (
    (SELECT campaign_id, execution_id FROM retries WHERE parked ORDER BY campaign_id, execution_id LIMIT 1)
    UNION ALL
    SELECT n.campaign_id, n.execution_id FROM place p CROSS JOIN LATERAL (
      SELECT r.campaign_id, r.execution_id FROM retries r WHERE r.parked AND (r.campaign_id, r.execution_id) > (p.campaign_id, p.execution_id)
      ORDER BY r.campaign_id, r.execution_id LIMIT 1) n
  )
  SELECT p.campaign_id AS "campaignId", p.execution_id AS "executionId", w.waiting, h.payload,
         EXISTS (SELECT 1 FROM pauses x WHERE x.execution_id = p.execution_id) AS "isPaused",
         EXISTS (SELECT 1 FROM cancellations x WHERE x.execution_id = p.execution_id) AS "isCancelled"
  FROM place p
  CROSS JOIN LATERAL (SELECT count(*)::integer AS waiting FROM (SELECT 1 FROM retries r WHERE ${OF_PLACE} LIMIT $1) one) w
  CROSS JOIN LATERAL (SELECT r.payload FROM retries r WHERE ${OF_PLACE} LIMIT 1) h`;

export function findParked(sql: Sql, countedTo: number): Promise<ParkedExecution[]> {
  return sql.query<ParkedExecution>(FIND, [countedTo], { name: 'find-parked' });
}

const TAKE = takingStatement(`
    WITH p AS MATERIALIZED (SELECT $5::text AS campaign_id, $6::text AS execution_id)
    SELECT f.message_id, f.payload FROM p CROSS JOIN LATERAL (
      SELECT r.message_id, r.payload FROM retries r WHERE ${OF_PLACE} LIMIT $4 FOR UPDATE SKIP LOCKED) f`);

/** Takes so many of an execution's parked messages for an attempt, or as many as there are; what another is taking is passed over. */
export function takeParked(sql: Sql, { token, now, leaseMs }: AttemptMark, from: Pick<ParkedExecution, 'campaignId' | 'executionId'>, limit: number): Promise<TakenMessage[]> {
  return sql.query<TakenMessage>(TAKE, [now, token, leaseMs, limit, from.campaignId, from.executionId], { name: 'take-parked' });
}
