import { Injectable } from '@nestjs/common';
import type { CancelledExecution, ExecutionStatusAnswer, ExecutionTotals, MessageState, RecipientPage, RecipientStatus } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CallRefused } from '../calls/calls.errors.js';
import { isText } from '../calls/read-call.js';
import { DispatcherClient } from './dispatcher.client.js';
import { findByRequest, findExecution, messagesOf, type ExecutionRow } from './execution-queries.js';

const PAGE = 100;

/** What became of executions. Another tenant's looks like one that does not exist. */
@Injectable()
export class ExecutionsService {
  constructor(
    private readonly sql: Sql,
    private readonly dispatcher: DispatcherClient,
  ) {}

  async status(tenantId: string, executionId: string): Promise<ExecutionStatusAnswer> {
    return statusOf(await this.find(tenantId, executionId));
  }

  async statusByRequest(tenantId: string, requestId: string, campaignId: string): Promise<ExecutionStatusAnswer> {
    const row = await findByRequest(this.sql, tenantId, requestId, campaignId);
    if (!row) throw new CallRefused('EXECUTION_NOT_FOUND', 'No execution of this campaign has this requestId.');
    return statusOf(row);
  }

  /** Recipients in the order of the call; those that the ledger has not met yet are `accepted`. */
  async recipients(tenantId: string, executionId: string, query: { state?: MessageState; offset: number }): Promise<RecipientPage> {
    const row = await this.find(tenantId, executionId);
    const known = await messagesOf(this.sql, executionId);
    const all = row.answer.recipients.flatMap((one) => (one.messageId === null ? [] : [known.get(one.messageId) ?? acceptedOf(row, one.userId, one.messageId)]));
    const chosen = query.state === undefined ? all : all.filter(({ state }) => state === query.state);
    const end = query.offset + PAGE;
    return { items: chosen.slice(query.offset, end), nextCursor: end < chosen.length ? cursorOf(end) : null };
  }

  async cancel(tenantId: string, executionId: string): Promise<CancelledExecution> {
    const { targeted } = await this.find(tenantId, executionId);
    return this.dispatcher.cancel(executionId, { tenantId, targeted });
  }

  private async find(tenantId: string, executionId: string): Promise<ExecutionRow> {
    const row = isText(executionId) ? await findExecution(this.sql, tenantId, executionId) : undefined;
    if (!row) throw new CallRefused('EXECUTION_NOT_FOUND', 'There is no such execution in this sandbox.');
    return row;
  }
}

export const cursorOf = (offset: number): string => Buffer.from(String(offset)).toString('base64url');

/** @throws CallRefused when it is not one of ours */
export function offsetOf(cursor: unknown): number {
  if (cursor === undefined) return 0;
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '';
  if (!/^\d{1,9}$/.test(text)) throw new CallRefused('INVALID_QUERY', 'The cursor is not one of this list.');
  return Number(text);
}

function statusOf(row: ExecutionRow): ExecutionStatusAnswer {
  const { executionId, requestId, campaignId, createdBy } = row;
  const totals = totalsOf(row);
  return {
    executionId, requestId, campaignId, status: wordOf(row, totals), totals,
    createdAt: row.createdAt.toISOString(), createdBy, expiresAt: row.expiresAt.toISOString(), completedAt: row.completedAt?.toISOString() ?? null,
  };
}

/** Whatever is not counted yet is pending, wherever in the pipeline it is. */
function totalsOf({ isAbandoned, targeted, counted }: ExecutionRow): ExecutionTotals {
  const none = { sent: 0, failed: 0, excluded: 0, expired: 0, cancelled: 0, unknown: 0 };
  if (isAbandoned) return { targeted: 0, ...none, pending: 0 };
  const ends = counted ?? none;
  return { targeted, ...ends, pending: targeted - Object.values(ends).reduce((sum, count) => sum + count, 0) };
}

function wordOf({ isAbandoned }: ExecutionRow, { pending, sent, failed }: ExecutionTotals): ExecutionStatusAnswer['status'] {
  if (isAbandoned) return 'Abandoned';
  if (pending > 0) return 'InProgress';
  return sent === 0 && failed > 0 ? 'Failed' : 'Succeeded';
}

function acceptedOf({ createdAt, namespace }: ExecutionRow, userId: string, messageId: string): RecipientStatus {
  const at = createdAt.toISOString();
  return { userId, namespace, messageId, state: 'accepted', code: null, reason: null, failure: null, attempts: 0, timeline: [{ state: 'accepted', at }] };
}
