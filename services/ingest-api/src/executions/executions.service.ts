import { Injectable } from '@nestjs/common';
import type { AudienceExecutionAnswer, CancelledExecution, ExecutionStatusAnswer, MessageState, RecipientPage } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { Runs } from '../audiences/runs.service.js';
import { CallRefused } from '../calls/calls.errors.js';
import { isText } from '../calls/fit-values.js';
import { cursorAfter, cursorOf, idAfter, offsetOf } from './cursors.js';
import { DispatcherClient } from './dispatcher.client.js';
import { acceptedOf, statusOf } from './execution-answers.js';
import { findByRequest, findExecution, messagesOf, pageOfMessages, type ExecutionRow } from './execution-queries.js';

const PAGE = 100;

export interface RecipientsQuery {
  state?: MessageState | undefined;
  cursor?: unknown;
}

/** What became of executions. Another tenant's looks like one that does not exist. */
@Injectable()
export class ExecutionsService {
  constructor(
    private readonly sql: Sql,
    private readonly dispatcher: DispatcherClient,
    private readonly runs: Runs,
  ) {}

  async status(tenantId: string, executionId: string): Promise<ExecutionStatusAnswer> {
    return this.statusOf(tenantId, await this.find(tenantId, executionId));
  }

  async statusByRequest(tenantId: string, requestId: string, campaignId: string): Promise<ExecutionStatusAnswer> {
    const row = await findByRequest(this.sql, tenantId, requestId, campaignId);
    if (!row) throw new CallRefused('EXECUTION_NOT_FOUND', 'No execution of this campaign has this requestId.');
    return this.statusOf(tenantId, row);
  }

  async audienceStatus(tenantId: string, executionId: string): Promise<AudienceExecutionAnswer> {
    return this.runs.status(tenantId, await this.findAudience(tenantId, executionId));
  }

  async recipients(tenantId: string, executionId: string, query: RecipientsQuery): Promise<RecipientPage> {
    const row = await this.find(tenantId, executionId);
    return row.audienceId === null ? this.namedRecipients(row, query) : this.members(executionId, query);
  }

  async cancel(tenantId: string, executionId: string): Promise<CancelledExecution> {
    const row = await this.find(tenantId, executionId);
    return row.audienceId === null ? this.dispatcher.cancel(executionId, { tenantId, targeted: row.targeted }) : this.runs.cancel(tenantId, row);
  }

  /** Holds an execution of an audience, or lets it go on. */
  async hold(tenantId: string, executionId: string, action: 'pause' | 'resume'): Promise<AudienceExecutionAnswer> {
    await this.runs.hold(tenantId, await this.findAudience(tenantId, executionId), action);
    return this.audienceStatus(tenantId, executionId);
  }

  /** In the order of the call; those that the ledger has not met yet are `accepted`. */
  private async namedRecipients(row: ExecutionRow, { state, cursor }: RecipientsQuery): Promise<RecipientPage> {
    const offset = offsetOf(cursor);
    const known = await messagesOf(this.sql, row.executionId);
    const named = 'recipients' in row.answer ? row.answer.recipients : [];
    const all = named.flatMap((one) => (one.messageId === null ? [] : [known.get(one.messageId) ?? acceptedOf(row, one.userId, one.messageId)]));
    const chosen = state === undefined ? all : all.filter((one) => one.state === state);
    const end = offset + PAGE;
    return { items: chosen.slice(offset, end), nextCursor: end < chosen.length ? cursorOf(end) : null };
  }

  /** Those that the ledger has met: who the others are, only the run knows. */
  private async members(executionId: string, { state, cursor }: RecipientsQuery): Promise<RecipientPage> {
    const rows = await pageOfMessages(this.sql, executionId, { state, after: idAfter(cursor), limit: PAGE + 1 });
    const items = rows.slice(0, PAGE);
    const last = items.at(-1);
    return { items, nextCursor: rows.length > PAGE && last ? cursorAfter(last.messageId) : null };
  }

  private async statusOf(tenantId: string, row: ExecutionRow): Promise<ExecutionStatusAnswer> {
    return statusOf(row, row.audienceId === null ? undefined : await this.runs.look(tenantId, row.executionId));
  }

  private async find(tenantId: string, executionId: string): Promise<ExecutionRow> {
    const row = isText(executionId) ? await findExecution(this.sql, tenantId, executionId) : undefined;
    if (!row) throw new CallRefused('EXECUTION_NOT_FOUND', 'There is no such execution in this sandbox.');
    return row;
  }

  private async findAudience(tenantId: string, executionId: string): Promise<ExecutionRow & { audienceId: string }> {
    const row = await this.find(tenantId, executionId);
    if (row.audienceId === null) throw new CallRefused('EXECUTION_NOT_FOUND', 'This execution has no audience.');
    return { ...row, audienceId: row.audienceId };
  }
}
