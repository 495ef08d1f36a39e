import { Injectable } from '@nestjs/common';
import type { Page, ScheduleAnswer } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CallRefused } from '../calls/calls.errors.js';
import { isInstant, isText } from '../calls/fit-values.js';
import { decode, encode, foreign } from '../executions/cursors.js';
import { deleteSchedule, findSchedule, pageOfSchedules, type ScheduleKey, type ScheduleRow } from './schedule-statements.js';

const PAGE = 100;

/** What is to be carried out, and what became of it. Another tenant's looks like one that does not exist. */
@Injectable()
export class SchedulesService {
  constructor(private readonly sql: Sql) {}

  async read(tenantId: string, scheduleId: string): Promise<ScheduleAnswer> {
    return answerOf(await this.find(tenantId, scheduleId));
  }

  /** The latest first. */
  async list(tenantId: string, { campaignId, cursor }: { campaignId?: string | undefined; cursor?: unknown }): Promise<Page<ScheduleAnswer>> {
    const rows = await pageOfSchedules(this.sql, tenantId, { campaignId, after: keyOf(cursor), limit: PAGE + 1 });
    const items = rows.slice(0, PAGE);
    const last = items.at(-1);
    return { items: items.map(answerOf), nextCursor: rows.length > PAGE && last ? encode(JSON.stringify([last.executeAt, last.scheduleId])) : null };
  }

  /** Its requestId is free again. @throws CallRefused with SCHEDULE_TRIGGERED when its time has come */
  async delete(tenantId: string, scheduleId: string): Promise<void> {
    await this.find(tenantId, scheduleId);
    if (await deleteSchedule(this.sql, tenantId, scheduleId)) return;
    // Not there any more where somebody else has deleted it.
    await this.find(tenantId, scheduleId);
    throw new CallRefused('SCHEDULE_TRIGGERED', 'Its time has come: cancel the execution in place of it.');
  }

  private async find(tenantId: string, scheduleId: string): Promise<ScheduleRow> {
    const row = isText(scheduleId) ? await findSchedule(this.sql, tenantId, scheduleId) : undefined;
    if (!row) throw new CallRefused('SCHEDULE_NOT_FOUND', 'There is no such schedule in this sandbox.');
    return row;
  }
}

function keyOf(cursor: unknown): ScheduleKey | undefined {
  if (cursor === undefined) return undefined;
  const [executeAt, scheduleId] = partsOf(decode(cursor));
  if (!isInstant(executeAt) || !isText(scheduleId)) throw foreign();
  return { executeAt: executeAt as string, scheduleId };
}

function partsOf(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function answerOf(row: ScheduleRow): ScheduleAnswer {
  const { scheduleId, kind, requestId, campaignId, audienceId, executeAt, status, createdAt, createdBy } = row;
  return {
    scheduleId, kind, requestId, campaignId, audience: audienceId === null ? null : { id: audienceId }, executeAt: executeAt.toISOString(),
    scheduleStatus: status, executionDetails: detailsOf(row), createdAt: createdAt.toISOString(), createdBy,
  };
}

function detailsOf({ status, executionId, code, detail, triggeredAt }: ScheduleRow): ScheduleAnswer['executionDetails'] {
  if (triggeredAt === null) return {};
  const at = triggeredAt.toISOString();
  return status === 'Triggered' ? { executionId, triggeredAt: at } : { code: code ?? '', detail: detail ?? '', triggeredAt: at };
}
