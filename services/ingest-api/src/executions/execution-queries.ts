import type { AcceptedAudienceCall, AcceptedCall, ExecutionTotals, Lane, MessageState, RecipientStatus } from '@postrider/contracts';
import type { Sql } from '@postrider/database';

/** An execution with what the ledger says of it; totals are null while the ledger does not know how many it has. */
export interface ExecutionRow {
  executionId: string;
  requestId: string;
  campaignId: string;
  isAbandoned: boolean;
  /** The campaign's identity type, in which all recipients of the call are. */
  namespace: string;
  /** As the call says; 0 for an audience, of which the ledger is told. */
  targeted: number;
  /** Null while the ledger has not been told. */
  ledgerTargeted: number | null;
  /** Null for a call that names its recipients. */
  audienceId: string | null;
  /** What waits to be sent is held. */
  isPaused: boolean;
  counted: Omit<ExecutionTotals, 'targeted' | 'pending'> | null;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date;
  completedAt: Date | null;
  answer: AcceptedCall | AcceptedAudienceCall;
}

const SELECT = `
  SELECT e.execution_id AS "executionId", e.request_id AS "requestId", e.campaign_id AS "campaignId", e.namespace, e.targeted, e.answer,
         s.targeted AS "ledgerTargeted", a.audience_id AS "audienceId", coalesce(s.paused, false) AS "isPaused",
         e.published_at IS NULL AND s.execution_id IS NULL AND e.created_at < now() - interval '1 minute' AS "isAbandoned",
         CASE WHEN s.execution_id IS NOT NULL THEN jsonb_build_object('sent', s.sent, 'failed', s.failed, 'excluded', s.excluded,
           'expired', s.expired, 'cancelled', s.cancelled, 'unknown', s.unknown) END AS counted,
         e.created_at AS "createdAt", e.created_by AS "createdBy", e.expires_at AS "expiresAt", s.completed_at AS "completedAt"
  FROM executions e LEFT JOIN delivery.execution_status s ON s.execution_id = e.execution_id
    LEFT JOIN audience_executions a ON a.execution_id = e.execution_id`;

export async function findExecution(sql: Sql, tenantId: string, executionId: string): Promise<ExecutionRow | undefined> {
  const [row] = await sql.query<ExecutionRow>(`${SELECT} WHERE e.execution_id = $1 AND e.tenant_id = $2`, [executionId, tenantId], { name: 'find-execution' });
  return row;
}

export async function findByRequest(sql: Sql, tenantId: string, requestId: string, campaignId: string): Promise<ExecutionRow | undefined> {
  const [row] = await sql.query<ExecutionRow>(
    `${SELECT} WHERE e.tenant_id = $1 AND e.request_id = $2 AND e.campaign_id = $3`,
    [tenantId, requestId, campaignId],
    { name: 'find-execution-by-request' },
  );
  return row;
}

const MESSAGES = `
  SELECT user_id AS "userId", namespace, message_id AS "messageId", state, code, reason, failure, attempts, timeline
  FROM delivery.message_status WHERE execution_id = $1`;

/** What the ledger has of an execution's messages, by id. */
export async function messagesOf(sql: Sql, executionId: string): Promise<Map<string, RecipientStatus>> {
  const rows = await sql.query<RecipientStatus>(MESSAGES, [executionId], { name: 'messages-of-execution' });
  return new Map(rows.map((row) => [row.messageId, row]));
}

/** In the order of their ids, after one of them. */
export function pageOfMessages(sql: Sql, executionId: string, query: { state?: MessageState | undefined; after?: string | undefined; limit: number }): Promise<RecipientStatus[]> {
  const { state, after, limit } = query;
  const values: unknown[] = [executionId, limit];
  const add = (value: unknown): string => `$${values.push(value)}`;
  const filters = `${state === undefined ? '' : ` AND state = ${add(state)}`}${after === undefined ? '' : ` AND message_id > ${add(after)}::uuid`}`;
  return sql.query<RecipientStatus>(`${MESSAGES}${filters} ORDER BY message_id LIMIT $2`, values);
}

/** When the oldest execution after `since` was accepted in a lane of which something is pending. Audiences are the bulk lane. */
export async function oldestPendingAfter(sql: Sql, lane: Lane, since: Date): Promise<Date | undefined> {
  const [row] = await sql.query<{ createdAt: Date }>(
    `SELECT e.created_at AS "createdAt" FROM executions e
     WHERE e.created_at > $1 AND e.published_at IS NOT NULL
       AND EXISTS (SELECT 1 FROM audience_executions a WHERE a.execution_id = e.execution_id) = $2
       AND NOT EXISTS (SELECT 1 FROM delivery.execution_status s WHERE s.execution_id = e.execution_id AND s.completed_at IS NOT NULL)
     ORDER BY e.created_at LIMIT 1`,
    [since, lane === 'bulk'],
    { name: 'oldest-pending' },
  );
  return row?.createdAt;
}
