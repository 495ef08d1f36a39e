import type { ScheduleAnswer } from '@postrider/contracts';
import type { Sql } from '@postrider/database';

export type ScheduleKind = ScheduleAnswer['kind'];

export interface NewSchedule {
  scheduleId: string;
  executionId: string;
  tenantId: string;
  campaignId: string;
  requestId: string;
  kind: ScheduleKind;
  body: object;
  bodyHash: Buffer;
  audienceId: string | null;
  executeAt: string;
  createdAt: string;
  createdBy: string;
}

export interface ScheduleRow extends Omit<NewSchedule, 'executeAt' | 'createdAt'> {
  executeAt: Date;
  createdAt: Date;
  status: ScheduleAnswer['scheduleStatus'];
  code: string | null;
  detail: string | null;
  triggeredAt: Date | null;
}

/** Where a page of a list ended. */
export interface ScheduleKey {
  executeAt: string;
  scheduleId: string;
}

const COLUMNS = `
  schedule_id AS "scheduleId", execution_id AS "executionId", tenant_id AS "tenantId", campaign_id AS "campaignId", request_id AS "requestId", kind, body,
  body_hash AS "bodyHash", audience_id AS "audienceId", execute_at AS "executeAt", status, code, detail, triggered_at AS "triggeredAt",
  created_at AS "createdAt", created_by AS "createdBy"`;

/** Undefined when the requestId is in use, by a schedule or by an execution. */
export async function insertSchedule(sql: Sql, schedule: NewSchedule): Promise<ScheduleRow | undefined> {
  const { scheduleId, executionId, tenantId, campaignId, requestId, kind, body, bodyHash, audienceId, executeAt, createdAt, createdBy } = schedule;
  const [row] = await sql.query<ScheduleRow>(
    `INSERT INTO schedules (schedule_id, execution_id, tenant_id, campaign_id, request_id, kind, body, body_hash, audience_id, execute_at, status, created_at, created_by)
     SELECT $1, $2, $3, $4, $5, $6, $7::json, $8, $9, $10, 'Scheduled', $11, $12
     WHERE NOT EXISTS (SELECT 1 FROM executions WHERE execution_id = $2)
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [scheduleId, executionId, tenantId, campaignId, requestId, kind, JSON.stringify(body), bodyHash, audienceId, executeAt, createdAt, createdBy],
    { name: 'insert-schedule' },
  );
  return row;
}

export async function findSchedule(sql: Sql, tenantId: string, scheduleId: string): Promise<ScheduleRow | undefined> {
  const [row] = await sql.query<ScheduleRow>(`SELECT ${COLUMNS} FROM schedules WHERE schedule_id = $1 AND tenant_id = $2`, [scheduleId, tenantId], { name: 'find-schedule' });
  return row;
}

/** By execution time, the latest first. */
export function pageOfSchedules(sql: Sql, tenantId: string, query: { campaignId?: string | undefined; after?: ScheduleKey | undefined; limit: number }): Promise<ScheduleRow[]> {
  const { campaignId, after, limit } = query;
  const values: unknown[] = [tenantId, limit];
  const add = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    'tenant_id = $1',
    ...(campaignId === undefined ? [] : [`campaign_id = ${add(campaignId)}`]),
    ...(after === undefined ? [] : [`(execute_at, schedule_id) < (${add(after.executeAt)}::timestamptz, ${add(after.scheduleId)}::text COLLATE "C")`]),
  ];
  return sql.query<ScheduleRow>(`SELECT ${COLUMNS} FROM schedules WHERE ${conditions.join(' AND ')} ORDER BY execute_at DESC, schedule_id DESC LIMIT $2`, values);
}

/** Whether it was there and nobody had begun to carry it out. */
export async function deleteSchedule(sql: Sql, tenantId: string, scheduleId: string): Promise<boolean> {
  const rows = await sql.query(
    `DELETE FROM schedules WHERE schedule_id = $1 AND tenant_id = $2 AND status = 'Scheduled' AND lease_token IS NULL RETURNING schedule_id`,
    [scheduleId, tenantId],
    { name: 'delete-schedule' },
  );
  return rows.length > 0;
}

/** A schedule that this process carries out, as long as its lease is. */
export interface DueSchedule extends ScheduleRow {
  /** By the database's clock, since it was due or since it was made, whichever is later. */
  lateMs: number;
}

export interface Lease {
  token: string;
  ms: number;
}

/** Takes what is due and nobody is carrying out; what a process left behind, when its lease is over. */
export function takeDue(sql: Sql, { token, ms }: Lease, limit: number): Promise<DueSchedule[]> {
  return sql.query<DueSchedule>(
    `UPDATE schedules SET lease_token = $1, lease_until = now() + $2 * interval '1 millisecond'
     WHERE schedule_id IN (
       SELECT schedule_id FROM schedules WHERE status = 'Scheduled' AND execute_at <= now() AND (lease_until IS NULL OR lease_until < now())
       ORDER BY execute_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING ${COLUMNS}, (extract(epoch FROM now() - greatest(execute_at, created_at)) * 1000)::float8 AS "lateMs"`,
    [token, ms, limit],
    { name: 'take-due-schedules' },
  );
}

export interface Settlement {
  status: 'Triggered' | 'Missed' | 'Refused';
  code: string | null;
  detail: string | null;
  triggeredAt: string;
}

/** What became of it; nothing when another process has taken it over meanwhile. */
export async function settleSchedule(sql: Sql, scheduleId: string, token: string, { status, code, detail, triggeredAt }: Settlement): Promise<void> {
  await sql.query(
    `UPDATE schedules SET status = $3, code = $4, detail = $5, triggered_at = $6, lease_until = NULL WHERE schedule_id = $1 AND lease_token = $2 AND status = 'Scheduled'`,
    [scheduleId, token, status, code, detail, triggeredAt],
    { name: 'settle-schedule' },
  );
}

/** To be tried again after a while. It stays one that somebody has begun to carry out. */
export async function putOffSchedule(sql: Sql, scheduleId: string, { token, ms }: Lease): Promise<void> {
  await sql.query(`UPDATE schedules SET lease_until = now() + $3 * interval '1 millisecond' WHERE schedule_id = $1 AND lease_token = $2`, [scheduleId, token, ms], {
    name: 'put-off-schedule',
  });
}
