import type { ExecutionQuery, RecipientInfo, RecipientQuery } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import type { z } from 'zod';
import type { Position } from '../edge/cursor.js';

export interface ExecutionRow {
  executionId: string;
  requestId: string;
  campaignId: string;
  status: string;
  targeted: number;
  sent: number;
  failed: number;
  excluded: number;
  expired: number;
  cancelled: number;
  unknown: number;
  createdAt: Date;
  createdBy: string;
  completedAt: Date | null;
  /** `createdAt` to the microsecond. */
  position: string;
}

/** Views of ingest-api and dispatcher; an execution that the ledger has not met yet has zeros. */
const EXECUTIONS = `
  SELECT o.execution_id AS "executionId", o.request_id AS "requestId", o.campaign_id AS "campaignId", o.status,
         coalesce(s.targeted, o.targeted)::int AS targeted, coalesce(s.sent, 0)::int AS sent, coalesce(s.failed, 0)::int AS failed,
         coalesce(s.excluded, 0)::int AS excluded, coalesce(s.expired, 0)::int AS expired, coalesce(s.cancelled, 0)::int AS cancelled,
         coalesce(s.unknown, 0)::int AS unknown, o.created_at AS "createdAt", o.created_by AS "createdBy", s.completed_at AS "completedAt",
         to_char(o.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
    FROM ingest.execution_overview o
    LEFT JOIN delivery.execution_status s ON s.execution_id = o.execution_id`;

export function executionPage(sql: Sql, tenantId: string, query: ExecutionQuery, after: Position | undefined): Promise<ExecutionRow[]> {
  const { conditions, values, add } = conditionsFor(tenantId, 'o');
  if (query.requestId !== undefined) conditions.push(`o.request_id = ${add(query.requestId)}`);
  if (query.campaignId !== undefined) conditions.push(`o.campaign_id::text = ${add(query.campaignId)}`);
  const ofMessage = [
    ...(query.userId === undefined ? [] : [`m.user_id = ${add(query.userId)}`]),
    ...(query.state === undefined ? [] : [`m.state = ${add(query.state)}`]),
  ];
  if (ofMessage.length > 0) {
    conditions.push(`o.execution_id IN (SELECT m.execution_id FROM delivery.message_status m WHERE m.tenant_id = $1 AND ${ofMessage.join(' AND ')})`);
  }
  if (after) conditions.push(`(o.created_at, o.execution_id) < (${add(after[0])}::timestamptz, ${add(after[1])})`);
  return sql.query<ExecutionRow>(
    `${EXECUTIONS} WHERE ${conditions.join(' AND ')} ORDER BY o.created_at DESC, o.execution_id DESC LIMIT ${add(query.limit + 1)}`,
    values,
  );
}

export async function readExecution(sql: Sql, tenantId: string, executionId: string): Promise<ExecutionRow | undefined> {
  const rows = await sql.query<ExecutionRow>(`${EXECUTIONS} WHERE o.tenant_id = $1 AND o.execution_id = $2`, [tenantId, executionId]);
  return rows[0];
}

export function recipientPage(
  sql: Sql, tenantId: string, executionId: string, { state, limit }: RecipientQuery, after: Position | undefined,
): Promise<z.infer<typeof RecipientInfo>[]> {
  const { conditions, values, add } = conditionsFor(tenantId, 'm');
  conditions.push(`m.execution_id = ${add(executionId)}`);
  if (state !== undefined) conditions.push(`m.state = ${add(state)}`);
  if (after) conditions.push(`m.message_id > ${add(after[0])}::uuid`);
  return sql.query(
    `SELECT m.message_id AS "messageId", m.user_id AS "userId", m.namespace, m.state, m.code, m.reason, m.failure, m.attempts, m.timeline
       FROM delivery.message_status m WHERE ${conditions.join(' AND ')} ORDER BY m.message_id LIMIT ${add(limit + 1)}`,
    values,
  );
}

interface Conditions {
  conditions: string[];
  values: unknown[];
  /** Takes a value and answers its place in the statement. */
  add: (value: unknown) => string;
}

function conditionsFor(tenantId: string, alias: string): Conditions {
  const values: unknown[] = [tenantId];
  return { conditions: [`${alias}.tenant_id = $1`], values, add: (value) => `$${values.push(value)}` };
}
