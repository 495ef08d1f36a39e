/**
 * The record: what came of the sends of one attempt, with the totals, in one statement and one transaction.
 * Guarantee: only the holder of the attempt's token changes a message, and only while it is `sending`; whoever lost the
 * attempt to the sweep changes nothing. Repeating a record is harmless. The attempt's own row stays until what was recorded
 * is published.
 */
import { columnsOf, type Sql } from '@postrider/database';
import type { Outcome } from './fact.js';
import { addToTallies, selectChanges, tallyChangesIn, type ChangeRow, type TallyChanges } from './ledger-rows.js';
import { listed, statesBefore } from './message-states.js';

const STATEMENT = `
  WITH input AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::jsonb[], $7::integer[], $8::integer[],
      $9::timestamptz[], $10::jsonb[], $11::boolean[], $12::boolean[], $15::boolean[])
      AS i (message_id, state, tries, code, reason, failure, response_code, response_ms, due_at, payload, suppresses, is_silent, is_parked)
  ), changed AS (
    UPDATE messages m SET
      state = i.state, sequence = m.sequence + CASE WHEN i.is_silent THEN 0 ELSE 1 END, attempts = m.attempts + i.tries,
      code = CASE WHEN i.is_silent THEN m.code ELSE i.code END, reason = CASE WHEN i.is_silent THEN m.reason ELSE i.reason END,
      failure = CASE WHEN i.is_silent THEN m.failure ELSE i.failure END, updated_at = CASE WHEN i.is_silent THEN m.updated_at ELSE $14 END,
      response_code = coalesce(i.response_code, m.response_code), response_ms = coalesce(i.response_ms, m.response_ms)
    FROM input i
    WHERE m.message_id = i.message_id AND m.state IN (${listed(statesBefore('sent'))}) AND m.attempt_token = $13::uuid
    RETURNING m.message_id, m.execution_id, m.tenant_id, m.campaign_id, m.request_id, m.accepted_at, m.expires_at, m.channel, m.address, m.state,
      m.sequence, m.attempts, m.code, m.reason
  ), waits AS (
    INSERT INTO retries (message_id, campaign_id, execution_id, due_at, payload, parked)
    SELECT c.message_id, c.campaign_id, c.execution_id, least(i.due_at, c.expires_at), i.payload, i.is_parked
    FROM changed c JOIN input i USING (message_id) WHERE c.state IN ('ready', 'retrying')
    ON CONFLICT (message_id) DO UPDATE SET due_at = excluded.due_at, parked = excluded.parked
  ), ended AS (
    DELETE FROM retries WHERE message_id = ANY (ARRAY(SELECT message_id FROM changed WHERE state NOT IN ('ready', 'retrying')))
  ), suppressed AS (
    INSERT INTO suppressions (tenant_id, channel, address, code, reason, suppressed_at)
    SELECT DISTINCT ON (c.tenant_id, c.channel, lower(c.address)) c.tenant_id, c.channel, lower(c.address), 'HARD_BOUNCE', 'The provider said that the address does not exist.', $14
    FROM changed c JOIN input i USING (message_id) WHERE i.suppresses
    ON CONFLICT DO NOTHING
  ), tallied AS (${addToTallies('$14')})
  ${selectChanges('$14')}`;

export interface RecordedAttempt {
  token: string;
  now: Date;
}

export interface Recorded extends TallyChanges {
  /** The messages that this record changed, by id. */
  changed: Map<string, ChangeRow>;
}

export async function recordOutcomes(sql: Sql, outcomes: readonly Outcome[], attempt: RecordedAttempt): Promise<Recorded> {
  const rows = outcomes.map((one) => ({ dueAt: null, payload: null, suppresses: false, isParked: false, isSilent: one.state === 'ready', ...one })).sort((a, b) => (a.messageId < b.messageId ? -1 : 1));
  const columns = columnsOf(rows, ['messageId', 'state', 'tries', 'code', 'reason', 'failure', 'responseCode', 'responseMs', 'dueAt', 'payload', 'suppresses', 'isSilent']);
  const parked = rows.map(({ isParked }) => isParked);
  const changes = await sql.query<ChangeRow>(STATEMENT, [...columns, attempt.token, attempt.now, parked], { name: 'record-outcomes' });
  const changed = new Map(changes.flatMap((row) => (row.messageId === null ? [] : [[row.messageId, row] as const])));
  return { changed, ...tallyChangesIn(changes) };
}
