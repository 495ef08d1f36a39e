/**
 * The executions, keyed by what the caller named them.
 * Guarantee: of all calls with one (tenant, campaign, requestId), at any time and in any process, one is stored; the others are
 * told of that one. A statement is shared by the calls that wait at the same moment.
 */
import { Injectable } from '@nestjs/common';
import type { AcceptedCall } from '@postrider/contracts';
import { columnsOf, Sql } from '@postrider/database';
import { GroupedWork } from './grouped-work.js';

export interface NewExecution {
  executionId: string;
  tenantId: string;
  campaignId: string;
  campaignVersionId: string;
  requestId: string;
  bodyHash: Buffer;
  answer: AcceptedCall;
  namespace: string;
  targeted: number;
  createdAt: string;
  createdBy: string;
  expiresAt: string;
}

export interface StoredExecution {
  executionId: string;
  campaignVersionId: string;
  bodyHash: Buffer;
  answer: AcceptedCall;
  expiresAt: string;
  isPublished: boolean;
}

/** `isNew`: this call is the one that was stored. */
export interface StoreResult {
  isNew: boolean;
  stored: StoredExecution;
}

const MAX_EXECUTIONS = 200;
const INSERT = `
  INSERT INTO executions (execution_id, tenant_id, campaign_id, campaign_version_id, request_id, body_hash, answer, namespace, targeted, created_at, created_by, expires_at)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::json[], $8::text[], $9::integer[], $10::timestamptz[], $11::text[], $12::timestamptz[])
    AS i (execution_id) ORDER BY 1
  ON CONFLICT (execution_id) DO NOTHING RETURNING execution_id AS "executionId"`;
const READ = `
  SELECT execution_id AS "executionId", campaign_version_id AS "campaignVersionId", body_hash AS "bodyHash", answer,
         expires_at AS "expiresAt", published_at IS NOT NULL AS "isPublished"
  FROM executions WHERE execution_id = ANY($1::text[])`;
const COLUMNS = [
  'executionId', 'tenantId', 'campaignId', 'campaignVersionId', 'requestId', 'bodyHash', 'answer', 'namespace', 'targeted', 'createdAt', 'createdBy', 'expiresAt',
] as const satisfies readonly (keyof NewExecution)[];

@Injectable()
export class ExecutionStore {
  private readonly inserts: GroupedWork<NewExecution, StoreResult>;

  constructor(private readonly sql: Sql) {
    this.inserts = new GroupedWork({ maxItems: MAX_EXECUTIONS, run: (items) => this.insert(items) });
  }

  /** @throws DependencyUnavailable: it is not known whether the call was stored, and trying again is safe */
  store(execution: NewExecution): Promise<StoreResult> {
    return this.inserts.add(execution);
  }

  /** How long the oldest call has been waiting to be stored. */
  get oldestMs(): number {
    return this.inserts.oldestMs;
  }

  async find(executionId: string): Promise<StoredExecution | undefined> {
    return (await this.read([executionId])).get(executionId);
  }

  private async insert(items: readonly NewExecution[]): Promise<StoreResult[]> {
    // One row of each id: of two in one statement, nobody could say which was stored.
    const candidates = new Map(items.toReversed().map((item) => [item.executionId, item]));
    const rows = await this.sql.query<{ executionId: string }>(INSERT, columnsOf([...candidates.values()], COLUMNS), { name: 'insert-executions' });
    const inserted = new Set(rows.map(({ executionId }) => executionId));
    const isNew = (item: NewExecution): boolean => inserted.has(item.executionId) && candidates.get(item.executionId) === item;
    const repeated = items.filter((item) => !isNew(item)).map(({ executionId }) => executionId);
    const known = repeated.length > 0 ? await this.read(repeated) : new Map<string, StoredExecution>();
    return items.map((item) => resultOf(item, isNew(item), known));
  }

  private async read(executionIds: readonly string[]): Promise<Map<string, StoredExecution>> {
    const rows = await this.sql.query<StoredExecution & { expiresAt: Date }>(READ, [executionIds], { name: 'read-executions' });
    return new Map(rows.map((row) => [row.executionId, { ...row, expiresAt: row.expiresAt.toISOString() }]));
  }
}

function resultOf(item: NewExecution, isNew: boolean, known: ReadonlyMap<string, StoredExecution>): StoreResult {
  if (isNew) return { isNew, stored: { ...item, isPublished: false } };
  const stored = known.get(item.executionId);
  if (!stored) throw new Error('An execution that was in the way of another is not there.');
  return { isNew, stored };
}
