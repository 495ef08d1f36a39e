import { Injectable } from '@nestjs/common';
import type { AudienceMember, Evaluation, Page } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { z } from 'zod';
import { readHistory, readLatest, type AudienceKey } from '../evaluation/evaluations.js';
import { BUCKETS } from './bucket.js';
import { decodeCursor, encodeCursor } from './pages.js';
import { readMembers, type MemberPosition } from './read-people.js';

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

const HistoryCursor = z.uuid();
const MemberCursor = z.tuple([z.uuid(), z.int().min(0).max(BUCKETS - 1), z.uuid()]);
const BEFORE_ALL = { bucket: -1, profileId: '00000000-0000-0000-0000-000000000000' };

@Injectable()
export class MemberService {
  constructor(private readonly sql: Sql) {}

  /** The last completed evaluation of each audience that has one. */
  latest(tenantId: string, audienceIds: readonly string[]): Promise<Evaluation[]> {
    return readLatest(this.sql, tenantId, audienceIds);
  }

  /** Newest first. */
  async evaluations(audience: AudienceKey, { limit, cursor }: PageRequest): Promise<Page<Evaluation>> {
    const after = cursor === undefined ? undefined : decodeCursor(HistoryCursor, cursor);
    const rows = await readHistory(this.sql, audience, after, limit + 1);
    return pageOfRows(rows, limit, (last) => last.evaluationId);
  }

  /** All pages are of one evaluation: the last completed one when the first page was read. */
  async members(audience: AudienceKey, { limit, cursor }: PageRequest): Promise<Page<AudienceMember>> {
    const after = await this.positionOf(audience, cursor);
    if (!after) return { items: [], nextCursor: null };
    const page = pageOfRows(await readMembers(this.sql, after, limit + 1), limit, (last) => [after.evaluationId, last.bucket, last.profileId]);
    return { ...page, items: page.items.map(({ profileId, identities, attributes }) => ({ profileId, identities, attributes })) };
  }

  private async positionOf({ tenantId, audienceId }: AudienceKey, cursor: string | undefined): Promise<MemberPosition | undefined> {
    if (cursor === undefined) {
      const [latest] = await readLatest(this.sql, tenantId, [audienceId]);
      return latest && { evaluationId: latest.evaluationId, ...BEFORE_ALL };
    }
    const [evaluationId, bucket, profileId] = decodeCursor(MemberCursor, cursor);
    // A cursor is a caller's word: it opens no other audience.
    const owned = await this.sql.query('SELECT FROM evaluations WHERE evaluation_id = $1 AND tenant_id = $2 AND audience_id = $3', [evaluationId, tenantId, audienceId]);
    return owned.length > 0 ? { evaluationId, bucket, profileId } : undefined;
  }
}

function pageOfRows<Row>(rows: readonly Row[], limit: number, positionOf: (row: Row) => unknown): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null };
}
