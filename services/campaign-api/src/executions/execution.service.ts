import { Injectable } from '@nestjs/common';
import { executionStatusOf, type ExecutionInfo, type ExecutionQuery, type Page, type RecipientInfo, type RecipientQuery } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import type { z } from 'zod';
import { decodeCursor, pageFrom, UUID_POSITION } from '../edge/cursor.js';
import { NotFound } from '../edge/edge.errors.js';
import { executionPage, readExecution, recipientPage, type ExecutionRow } from './execution-statements.js';

const POSITION = [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, /^[\x21-\x7e]{1,64}$/];
/** A call that was never answered: nothing of it counts. */
const ABANDONED = 'Abandoned';

/** Executions as ingest-api and dispatcher show them. */
@Injectable()
export class ExecutionService {
  constructor(private readonly sql: Sql) {}

  async list(tenantId: string, query: ExecutionQuery): Promise<Page<ExecutionInfo>> {
    const rows = await executionPage(this.sql, tenantId, query, decodeCursor(query.cursor, POSITION));
    return pageFrom(rows, query.limit, executionOf, (row) => [row.position, row.executionId]);
  }

  /** @throws NotFound, also for another tenant's */
  async get(tenantId: string, executionId: string): Promise<ExecutionInfo> {
    const row = await readExecution(this.sql, tenantId, executionId);
    if (!row) throw new NotFound('execution', 'EXECUTION_NOT_FOUND');
    return executionOf(row);
  }

  async recipients(tenantId: string, executionId: string, query: RecipientQuery): Promise<Page<z.infer<typeof RecipientInfo>>> {
    const after = decodeCursor(query.cursor, UUID_POSITION);
    await this.get(tenantId, executionId);
    const rows = await recipientPage(this.sql, tenantId, executionId, query, after);
    return pageFrom(rows, query.limit, (row) => row, (row) => [row.messageId]);
  }
}

function executionOf(row: ExecutionRow): ExecutionInfo {
  const { executionId, requestId, campaignId, createdBy } = row;
  const { sent, failed, excluded, expired, cancelled, unknown } = row;
  const targeted = row.status === ABANDONED ? 0 : row.targeted;
  const pending = targeted - sent - failed - excluded - expired - cancelled - unknown;
  const totals = { targeted, sent, failed, excluded, expired, cancelled, unknown, pending };
  return {
    executionId,
    requestId,
    campaignId,
    status: row.status === ABANDONED ? ABANDONED : executionStatusOf(totals),
    totals,
    createdAt: row.createdAt.toISOString(),
    createdBy,
    completedAt: row.completedAt?.toISOString() ?? null,
  };
}
