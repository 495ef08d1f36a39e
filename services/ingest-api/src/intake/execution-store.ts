/**
 * The executions, keyed by what the caller named them.
 * Guarantee: of all calls with one (tenant, campaign, requestId), at any time and in any process, one is stored; the others are
 * told of that one. A statement is shared by the calls that wait at the same moment. A requestId that a schedule holds is taken
 * by nobody but the process that carries the schedule out, while it holds its lease.
 * Limit: a call and a schedule with one requestId that come within the same milliseconds may both be taken; then the schedule
 * is refused when it is due.
 */
import { Injectable } from '@nestjs/common';
import type { AcceptedAudienceCall, AcceptedCall } from '@postrider/contracts';
import { columnsOf, Sql } from '@postrider/database';
import { GroupedWork } from './grouped-work.js';
import { AUDIENCE_COLUMNS, EXECUTION_COLUMNS, INSERT_AUDIENCE_EXECUTIONS, INSERT_EXECUTIONS, READ_EXECUTIONS } from './store-statements.js';

export interface NewExecution<Answer = AcceptedCall> {
  executionId: string;
  tenantId: string;
  campaignId: string;
  campaignVersionId: string;
  requestId: string;
  bodyHash: Buffer;
  answer: Answer;
  namespace: string;
  /** 0 while it is not known. */
  targeted: number;
  createdAt: string;
  createdBy: string;
  expiresAt: string;
  /** Of the schedule that it carries out. */
  leaseToken?: string | undefined;
}

export interface NewAudienceExecution extends NewExecution<AcceptedAudienceCall> {
  audienceId: string;
  context: object | undefined;
}

export interface StoredExecution<Answer = AcceptedCall> {
  executionId: string;
  campaignVersionId: string;
  bodyHash: Buffer;
  answer: Answer;
  expiresAt: string;
  isPublished: boolean;
}

/** `isNew`: this call is the one that was stored. Nothing is stored where a schedule holds the requestId. */
export type StoreResult<Answer = AcceptedCall> =
  | { isNew: true; stored: StoredExecution<Answer> }
  | { isNew: false; stored: StoredExecution<Answer> | undefined };

const MAX_EXECUTIONS = 200;
/** Contexts are up to 200 KB each. */
const MAX_AUDIENCE_EXECUTIONS = 20;

@Injectable()
export class ExecutionStore {
  private readonly inserts: GroupedWork<NewExecution, StoreResult>;
  private readonly audienceInserts: GroupedWork<NewAudienceExecution, StoreResult<AcceptedAudienceCall>>;

  constructor(private readonly sql: Sql) {
    this.inserts = new GroupedWork({
      maxItems: MAX_EXECUTIONS,
      run: (items) => this.insert(items, (rows) => sql.query(INSERT_EXECUTIONS, columnsOf(rows, EXECUTION_COLUMNS), { name: 'insert-executions' })),
    });
    this.audienceInserts = new GroupedWork({
      maxItems: MAX_AUDIENCE_EXECUTIONS,
      run: (items) => this.insert(items, (rows) => sql.query(INSERT_AUDIENCE_EXECUTIONS, columnsOf(rows, AUDIENCE_COLUMNS), { name: 'insert-audience-executions' })),
    });
  }

  /** @throws DependencyUnavailable: it is not known whether the call was stored, and trying again is safe */
  store(execution: NewExecution): Promise<StoreResult> {
    return this.inserts.add(execution);
  }

  /** As {@link store}, with what belongs to its audience. */
  storeAudience(execution: NewAudienceExecution): Promise<StoreResult<AcceptedAudienceCall>> {
    return this.audienceInserts.add(execution);
  }

  /** How long the oldest call has been waiting to be stored. */
  get oldestMs(): number {
    return Math.max(this.inserts.oldestMs, this.audienceInserts.oldestMs);
  }

  async find<Answer = AcceptedCall>(executionId: string): Promise<StoredExecution<Answer> | undefined> {
    return (await this.read<Answer>([executionId])).get(executionId);
  }

  private async insert<Answer, Item extends NewExecution<Answer>>(
    items: readonly Item[],
    write: (rows: readonly Item[]) => Promise<{ executionId: string }[]>,
  ): Promise<StoreResult<Answer>[]> {
    // One row of each id: of two in one statement, nobody could say which was stored.
    const candidates = new Map(items.toReversed().map((item) => [item.executionId, item]));
    const inserted = new Set((await write([...candidates.values()])).map(({ executionId }) => executionId));
    const isNew = (item: Item): boolean => inserted.has(item.executionId) && candidates.get(item.executionId) === item;
    const repeated = items.filter((item) => !isNew(item)).map(({ executionId }) => executionId);
    const known = repeated.length > 0 ? await this.read<Answer>(repeated) : new Map<string, StoredExecution<Answer>>();
    return items.map((item) =>
      isNew(item) ? { isNew: true, stored: { ...item, isPublished: false } } : { isNew: false, stored: known.get(item.executionId) },
    );
  }

  private async read<Answer>(executionIds: readonly string[]): Promise<Map<string, StoredExecution<Answer>>> {
    const rows = await this.sql.query<StoredExecution<Answer> & { expiresAt: Date }>(READ_EXECUTIONS, [executionIds], { name: 'read-executions' });
    return new Map(rows.map((row) => [row.executionId, { ...row, expiresAt: row.expiresAt.toISOString() }]));
  }
}
