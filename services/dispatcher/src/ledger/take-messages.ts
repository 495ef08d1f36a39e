import type { LedgerMessage } from './fact.js';
import { MESSAGE_COLUMNS, leaseUntil } from './ledger-rows.js';
import { listed, statesBefore } from './message-states.js';

/** A message that waited, and is an attempt's now. */
export interface TakenMessage extends LedgerMessage {
  payload: unknown;
  /** Whether its execution was cancelled meanwhile. */
  isCancelled: boolean;
  /** Why nothing is sent to its address any more; null when it is. */
  suppression: string | null;
}

/**
 * Takes what a query over `retries` finds and locks (message_id, payload; $4 and more are its own) for the attempt $2 at the time
 * $1, with a lease of $3 milliseconds. Its rows in `retries` are named by a list: over a join of two small sides, as the planner
 * believes while nothing waits, it would go through all that waits.
 */
export const takingStatement = (found: string): string => `
  WITH due AS (
    ${found}
  ), taken AS (
    UPDATE messages m SET state = 'sending', attempt_token = $2::uuid, sending_at = $1
    FROM due WHERE m.message_id = due.message_id AND m.state IN (${listed(statesBefore('sending'))})
    RETURNING m.*, due.payload
  ), attempt AS (
    INSERT INTO attempts (token, lease_until, message_ids) SELECT $2::uuid, ${leaseUntil('$3')}, array_agg(message_id) FROM taken HAVING count(*) > 0
  ), postponed AS (
    UPDATE retries SET due_at = ${leaseUntil('$3')}, parked = false WHERE message_id = ANY (ARRAY(SELECT message_id FROM due))
  )
  SELECT ${MESSAGE_COLUMNS}, m.payload, c.execution_id IS NOT NULL AS "isCancelled", s.reason AS suppression
  FROM taken m
  LEFT JOIN cancellations c ON c.execution_id = m.execution_id AND c.tenant_id = m.tenant_id
  LEFT JOIN suppressions s ON s.tenant_id = m.tenant_id AND s.channel = m.channel AND s.address = lower(m.address)`;
