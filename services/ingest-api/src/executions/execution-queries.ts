import type { ExecutionTotals, RecipientStatus, AcceptedCall } from '@postrider/contracts';
import type { Sql } from '@postrider/database';

/** An execution with what the ledger says of it; totals are null while the ledger does not know how many it has. */
export interface ExecutionRow {
  executionId: string;
  requestId: string;
  campaignId: string;
  isAbandoned: boolean;
  /** The campaign's identity type, in which all recipients of the call are. */
  namespace: string;
  targeted: number;
  counted: Omit<ExecutionTotals, 'targeted' | 'pending'> | null;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date;
  completedAt: Date | null;
  answer: AcceptedCall;
}

const SELECT = `
  SELECT e.execution_id AS "executionId", e.request_id AS "requestId", e.campaign_id AS "campaignId", e.namespace, e.targeted, e.answer,
         e.published_at IS NULL AND s.execution_id IS NULL AND e.created_at < now() - interval '1 minute' AS "isAbandoned",
         CASE WHEN s.execution_id IS NOT NULL THEN jsonb_build_object('sent', s.sent, 'failed', s.failed, 'excluded', s.excluded,
           'expired', s.expired, 'cancelled', s.cancelled, 'unknown', s.unknown) END AS counted,
         e.created_at AS "createdAt", e.created_by AS "createdBy", e.expires_at AS "expiresAt", s.completed_at AS "completedAt"
  FROM executions e LEFT JOIN delivery.execution_status s ON s.execution_id = e.execution_id`;

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

/** What the ledger has of an execution's messages, by id. */
export async function messagesOf(sql: Sql, executionId: string): Promise<Map<string, RecipientStatus>> {
  const rows = await sql.query<RecipientStatus>(
    `SELECT user_id AS "userId", namespace, message_id AS "messageId", state, code, reason, failure, attempts, timeline
     FROM delivery.message_status WHERE execution_id = $1`,
    [executionId],
    { name: 'messages-of-execution' },
  );
  return new Map(rows.map((row) => [row.messageId, row]));
}

/** When the oldest execution after `since` was accepted of which something is pending. */
export async function oldestPendingAfter(sql: Sql, since: Date): Promise<Date | undefined> {
  const [row] = await sql.query<{ createdAt: Date }>(
    `SELECT e.created_at AS "createdAt" FROM executions e
     WHERE e.created_at > $1 AND e.published_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM delivery.execution_status s WHERE s.execution_id = e.execution_id AND s.completed_at IS NOT NULL)
     ORDER BY e.created_at LIMIT 1`,
    [since],
    { name: 'oldest-pending' },
  );
  return row?.createdAt;
}
