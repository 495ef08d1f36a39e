/**
 * Deletes members of evaluations that nobody needs any more; the row of the evaluation stays, for the size over time.
 * Guarantee: kept are those of the last completed evaluation of an audience, those that an unfinished run goes through, and
 * those that another evaluation took the place of only a moment ago, which a query may have begun to read.
 * Limits: uploads that failed clear up after themselves. Members of a deleted audience's last evaluation stay.
 * Failure modes: processes that delete at the same time do some of it twice, and none of it wrong.
 */
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { Logger } from '@postrider/runtime';
import { BUCKETS } from '../members/bucket.js';
import { EVALUATION_CONFIG, type EvaluationConfig } from './evaluation.config.js';
import { repeat } from './repeat.js';

const EVERY_MS = 10_000;
const MEMBERS_A_STATEMENT = 20_000;

@Injectable()
export class OldMembers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly logger: Logger,
    @Inject(EVALUATION_CONFIG) private readonly config: EvaluationConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = repeat({ what: 'old members', everyMs: EVERY_MS, run: () => this.sweep() }, this.stopping.signal, this.logger);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  async sweep(): Promise<void> {
    for (const old of await findOld(this.sql, this.config.AUDIENCE_KEEP_MS)) await this.empty(old);
  }

  private async empty({ evaluationId, size }: OldEvaluation): Promise<void> {
    const step = Math.min(BUCKETS, Math.max(1, Math.floor((BUCKETS * MEMBERS_A_STATEMENT) / Math.max(1, size))));
    for (let bucket = 0; bucket < BUCKETS; bucket += step) {
      if (this.stopping.signal.aborted) return;
      await this.sql.query('DELETE FROM members WHERE evaluation_id = $1 AND bucket BETWEEN $2 AND $3', [evaluationId, bucket, bucket + step - 1]);
    }
    await this.sql.query('UPDATE evaluations SET has_members = false WHERE evaluation_id = $1', [evaluationId]);
  }
}

interface OldEvaluation {
  evaluationId: string;
  size: number;
}

function findOld(sql: Sql, keepMs: number): Promise<OldEvaluation[]> {
  return sql.query(
    `SELECT e.evaluation_id AS "evaluationId", e.size FROM evaluations e
      WHERE e.has_members AND e.status <> 'Running' AND NOT (e.is_upload AND e.status = 'Failed')
        AND e.completed_at < now() - $1 * interval '1 millisecond'
        AND (e.status = 'Failed' OR EXISTS (
          SELECT FROM evaluations l
           WHERE l.tenant_id = e.tenant_id AND l.audience_id = e.audience_id AND l.status = 'Completed'
             AND (l.completed_at, l.evaluation_id) > (e.completed_at, e.evaluation_id)
             AND l.completed_at < now() - $1 * interval '1 millisecond'))
        AND NOT EXISTS (SELECT FROM runs r WHERE r.evaluation_id = e.evaluation_id AND r.finished_at IS NULL)
      ORDER BY e.completed_at LIMIT 10`,
    [keepMs],
    { name: 'find-old-evaluations' },
  );
}
