/**
 * The durable queue: one row per status and endpoint, in the hands of one living worker or of nobody.
 * Guarantee: a row is handed out only while no earlier status of its message is pending for its endpoint; a claim needs
 * the worker's own row, locked, so a worker that was declared dead gets nothing; what a worker records about a row that
 * it no longer holds changes nothing, save that the endpoint took it.
 * Limits: order holds within a message, not between messages.
 * Failure modes: a process killed between a call and its record repeats the call, with the same id and bytes.
 */
import { Injectable } from '@nestjs/common';
import { Sql, columnsOf } from '@postrider/database';
import type { CallResult, Delivery, NewDelivery } from './delivery.js';

/** A place for some of an endpoint's deliveries. */
export interface Wanted {
  endpointId: string;
  places: number;
}

export interface Stored {
  id: string;
  claimed: boolean;
}

const INSERT = `
  WITH me AS MATERIALIZED (SELECT id FROM workers WHERE id = $1::uuid AND alive_until > now() FOR KEY SHARE)
  INSERT INTO deliveries (id, tenant_id, endpoint_id, message_id, sequence, body, occurred_at, claimed_by)
  SELECT n.id, n.tenant_id, n.endpoint_id, n.message_id, n.sequence, n.body, n.occurred_at,
    CASE WHEN n.claim AND c.endpoint_id IS NULL AND NOT EXISTS (
      SELECT FROM deliveries e
      WHERE e.endpoint_id = n.endpoint_id AND e.message_id = n.message_id AND e.state = 'pending' AND e.sequence < n.sequence
    ) THEN (SELECT id FROM me) END
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::timestamptz[], $9::boolean[])
    AS n (id, tenant_id, endpoint_id, message_id, sequence, body, occurred_at, claim)
  LEFT JOIN endpoint_conditions c ON c.endpoint_id = n.endpoint_id AND (c.stopped_at IS NOT NULL OR c.paused_until > now())
  WHERE c.stopped_at IS NULL
  ORDER BY n.id
  ON CONFLICT (id) DO NOTHING
  RETURNING id, claimed_by IS NOT NULL AS claimed`;

/**
 * Not prepared under a name, and "the first of its message" a sub-select that only the index `deliveries_order` fits: a
 * plan that was made while little was pending would join every due row with all of its endpoint.
 */
const CLAIM = `
  WITH me AS MATERIALIZED (SELECT id FROM workers WHERE id = $1::uuid AND alive_until > now() FOR KEY SHARE),
  open AS MATERIALIZED (
    SELECT wanted.* FROM me CROSS JOIN unnest($2::text[], $3::integer[]) AS wanted (endpoint_id, places)
    WHERE NOT EXISTS (
      SELECT FROM endpoint_conditions c
      WHERE c.endpoint_id = wanted.endpoint_id AND (c.stopped_at IS NOT NULL OR c.paused_until > now())
    )
  ),
  ripe AS MATERIALIZED (
    SELECT d.id
    FROM open CROSS JOIN LATERAL (
      SELECT d.id FROM deliveries d
      WHERE d.endpoint_id = open.endpoint_id AND d.state = 'pending' AND d.claimed_by IS NULL AND d.due_at <= now()
        AND d.sequence = (
          SELECT e.sequence FROM deliveries e WHERE e.endpoint_id = d.endpoint_id AND e.message_id = d.message_id AND e.state = 'pending'
          ORDER BY e.sequence LIMIT 1
        )
      ORDER BY d.due_at LIMIT open.places FOR UPDATE OF d SKIP LOCKED
    ) d
  )
  UPDATE deliveries d SET claimed_by = $1::uuid FROM ripe WHERE d.id = ripe.id
  RETURNING d.id, d.tenant_id AS "tenantId", d.endpoint_id AS "endpointId", d.message_id AS "messageId", d.sequence, d.body,
    d.attempts, d.calls, d.occurred_at AS "occurredAt", d.due_at AS "dueAt"`;

const RECORD = `
  WITH result AS MATERIALIZED (
    SELECT * FROM unnest(
      $2::uuid[], $3::text[], $4::boolean[], $5::float8[], $6::text[], $7::text[], $8::integer[], $9::integer[],
      $10::timestamptz[], $11::integer[], $12::text[], $13::smallint[], $14::text[], $15::text[]
    ) AS r (id, state, spent, delay_ms, endpoint_id, message_id, sequence, number, started_at, duration_millis, outcome, status_code, error, answer)
  ), logged AS (
    INSERT INTO attempts (webhook_id, endpoint_id, message_id, sequence, number, started_at, duration_millis, outcome, status_code, error, answer)
    SELECT id, endpoint_id, message_id, sequence, number, started_at, duration_millis, outcome, status_code, error, answer FROM result
  )
  UPDATE deliveries d SET
    state = r.state, attempts = d.attempts + r.spent::integer, calls = d.calls + 1, claimed_by = NULL,
    due_at = CASE WHEN r.state = 'pending' THEN now() + r.delay_ms * interval '1 millisecond' ELSE d.due_at END,
    finished_at = CASE WHEN r.state <> 'pending' THEN now() END
  FROM result r
  WHERE d.id = r.id AND d.state = 'pending' AND (d.claimed_by = $1::uuid OR r.state = 'delivered')`;

const RELEASE = `
  UPDATE deliveries SET claimed_by = NULL WHERE id = ANY ($2::uuid[]) AND claimed_by = $1::uuid AND state = 'pending'`;

const ABANDON = `
  UPDATE deliveries SET state = 'abandoned', finished_at = now(), claimed_by = NULL WHERE endpoint_id = $1 AND state = 'pending'`;

const RESULT_COLUMNS = [
  'id', 'state', 'spent', 'delayMs', 'endpointId', 'messageId', 'sequence', 'number', 'startedAt', 'durationMillis', 'outcome',
  'statusCode', 'error', 'answer',
] as const;

@Injectable()
export class DeliveryStore {
  constructor(private readonly sql: Sql) {}

  /**
   * Stores what is new and answers that alone. Rows with `claim` are the worker's at once, if they may be sent now.
   * A stopped endpoint gets nothing.
   */
  add(worker: string | null, deliveries: readonly (NewDelivery & { claim: boolean })[]): Promise<Stored[]> {
    const columns = columnsOf(deliveries, ['id', 'tenantId', 'endpointId', 'messageId', 'sequence', 'body', 'occurredAt', 'claim']);
    return this.sql.query<Stored>(INSERT, [worker, ...columns], { name: 'deliveries-add' });
  }

  /** Puts due deliveries into the worker's hands, the longest due of each endpoint first. */
  async claim(worker: string, wanted: readonly Wanted[]): Promise<Delivery[]> {
    const columns = columnsOf(wanted, ['endpointId', 'places']);
    const rows = await this.sql.query<Delivery & { dueAt: Date }>(CLAIM, [worker, ...columns]);
    return rows.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
  }

  /** Writes the attempts down, and what they did to the deliveries. */
  async record(worker: string, results: readonly CallResult[]): Promise<void> {
    const rows = results.map(({ delivery, attempt, state, spent, delayMs }) => ({ ...attempt, id: delivery.id, state, spent, delayMs }));
    await this.sql.query(RECORD, [worker, ...columnsOf(rows, RESULT_COLUMNS)], { name: 'deliveries-record' });
  }

  /** Gives back what was not called. */
  async release(worker: string, ids: readonly string[]): Promise<void> {
    await this.sql.query(RELEASE, [worker, ids], { name: 'deliveries-release' });
  }

  /** Ends everything that waits for an endpoint that is gone. */
  async abandon(endpointId: string): Promise<void> {
    await this.sql.query(ABANDON, [endpointId], { name: 'deliveries-abandon' });
  }
}
