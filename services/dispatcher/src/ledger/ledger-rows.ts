import { PENDING_STATES, type MessageState } from '@postrider/contracts';
import type { CompletedExecution } from './fact.js';
import { listed } from './message-states.js';
import type { OverdrawnExecution } from './overdrawn.js';

/** Columns of `messages m` under the names of a {@link LedgerMessage}. */
export const MESSAGE_COLUMNS = `m.message_id AS "messageId", m.execution_id AS "executionId", m.tenant_id AS "tenantId", m.request_id AS "requestId",
  m.campaign_id AS "campaignId", m.campaign_version_id AS "campaignVersionId", m.recipient_key AS "recipientKey", m.channel, m.namespace,
  m.user_id AS "userId", m.address, m.profile_id AS "profileId", m.state, m.sequence, m.attempts, m.code, m.reason, m.failure,
  m.response_code AS "responseCode", m.response_ms AS "responseMs", m.updated_at AS "updatedAt", m.attempt_token AS "attemptToken"`;

/** Until when an attempt holds; by the database's clock, so that those of the processes need not agree. `leaseMs` is the statement's parameter. */
export const leaseUntil = (leaseMs: string): string => `now() + ${leaseMs}::integer * interval '1 millisecond'`;

const ENDS = ['sent', 'failed', 'excluded', 'expired', 'cancelled', 'unknown'] as const;
const counts = ENDS.map((end) => `count(*) FILTER (WHERE state = '${end}')`).join(', ');
const additions = ENDS.map((end) => `${end} = t.${end} + excluded.${end}`).join(', ');
const total = `${ENDS.map((end) => `t.${end} + excluded.${end}`).join(' + ')} + coalesce(t.unresolved, 0)`;

/** Of a row of `tallies t`: how many recipients have come to an end, those that were never reached included. */
export const ENDED = `(${ENDS.map((end) => `t.${end}`).join(' + ')} + coalesce(t.unresolved, 0))`;

/** A row of `tallies t` as JSON, under the names of a {@link CompletedExecution}. */
export const TALLY_JSON = `jsonb_build_object('executionId', t.execution_id, 'tenantId', t.tenant_id, 'campaignId', t.campaign_id, 'requestId', t.request_id,
  'targeted', t.targeted, 'sent', t.sent, 'failed', t.failed, 'excluded', t.excluded, 'expired', t.expired,
  'cancelled', t.cancelled + coalesce(t.unresolved, 0), 'unknown', t.unknown, 'completedAt', t.completed_at, 'ended', ${ENDED})`;

/**
 * Adds the messages of a relation `changed` (execution_id, tenant_id, campaign_id, request_id, accepted_at, state), all of
 * them pending before, to the totals of their executions. In the order of their keys, so that no two transactions wait for
 * each other in a ring. `now` is the statement's parameter with the time.
 */
export const addToTallies = (now: string): string => `
  INSERT INTO tallies AS t (execution_id, tenant_id, campaign_id, request_id, accepted_at, ${ENDS.join(', ')})
  SELECT execution_id, min(tenant_id), min(campaign_id), min(request_id), min(accepted_at), ${counts}
  FROM changed WHERE state NOT IN (${listed(PENDING_STATES)}) GROUP BY execution_id ORDER BY execution_id
  ON CONFLICT (execution_id) DO UPDATE SET ${additions},
    completed_at = CASE WHEN t.targeted = ${total} THEN ${now}::timestamptz END
  RETURNING t.*`;

/** A tally as {@link TALLY_JSON} writes it. */
export type TallyRow = Omit<CompletedExecution, 'completedAt'> & { completedAt: string | null; ended: number };

/** A change of the ledger: of a message where `messageId` is set, else of an execution that it completed or overdrew. */
export interface ChangeRow {
  messageId: string | null;
  state: MessageState;
  sequence: number;
  attempts: number;
  code: string | null;
  reason: string | null;
  tally: TallyRow | null;
}

/** The rows of `changed`, then the executions that `tallied` completed, or of which more has ended than there was. */
export const selectChanges = (now: string): string => `
  SELECT message_id AS "messageId", state, sequence, attempts, code, reason, NULL::jsonb AS tally FROM changed
  UNION ALL
  SELECT NULL, NULL, NULL, NULL, NULL, NULL, ${TALLY_JSON} FROM tallied t WHERE t.completed_at = ${now}::timestamptz OR ${ENDED} > t.targeted`;

/** What a statement did to executions. */
export interface TallyChanges {
  completed: CompletedExecution[];
  overdrawn: OverdrawnExecution[];
}

export function tallyChangesIn(rows: readonly { tally: TallyRow | null }[]): TallyChanges {
  const tallies = rows.flatMap(({ tally }) => (tally ? [tally] : []));
  const completed = tallies.flatMap(({ ended: _ended, completedAt, ...tally }) => (completedAt === null ? [] : [{ ...tally, completedAt: new Date(completedAt) }]));
  const overdrawn = tallies.filter(({ ended, targeted }) => ended > targeted).map(({ executionId, targeted, ended }) => ({ executionId, targeted, ended }));
  return { completed, overdrawn };
}
