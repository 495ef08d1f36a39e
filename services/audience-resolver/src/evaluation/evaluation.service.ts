import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Estimate, EstimateInput, Evaluation } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { readPeople } from '../members/read-people.js';
import { AudienceQueries } from './audience-queries.js';
import { checkCost } from './check-cost.js';
import { EvaluationDatabase } from './evaluation-database.js';
import { EVALUATION_CONFIG, type EvaluationConfig } from './evaluation.config.js';
import { insertRunning, readEvaluation, readRunning } from './evaluations.js';
import { EvaluationWorker } from './evaluation-worker.js';

@Injectable()
export class EvaluationService {
  constructor(
    private readonly sql: Sql,
    private readonly database: EvaluationDatabase,
    private readonly queries: AudienceQueries,
    private readonly worker: EvaluationWorker,
    @Inject(EVALUATION_CONFIG) private readonly config: EvaluationConfig,
  ) {}

  /**
   * What rules or a composition come to now, with some of those that they match.
   * @throws InvalidAudience also where it costs too much or takes too long
   */
  async estimate(tenantId: string, input: EstimateInput): Promise<Estimate> {
    const startedAt = performance.now();
    const query = await this.queries.queryOf(tenantId, input);
    const found = await this.database.run(this.config.AUDIENCE_ESTIMATE_TIMEOUT_MS, async (sql) => {
      await checkCost(sql, query, this.config.AUDIENCE_MAX_COST);
      const [row] = await sql.query<{ count: number }>(`SELECT count(*)::int AS count FROM (${query.text}) m`, query.values);
      const count = row?.count ?? 0;
      return { count, sample: count > 0 && input.sampleSize > 0 ? await readPeople(sql, query, input.sampleSize) : [] };
    });
    return { ...found, tookMs: Math.round(performance.now() - startedAt) };
  }

  /**
   * Begins an evaluation of the audience as it was edited last, or answers the one that goes on.
   * @param revision that it must have at least
   * @throws AudienceNotFound; EditIsOnItsWay; InvalidAudience where it is clear at once that it would fail
   */
  async start(tenantId: string, audienceId: string, revision = 0): Promise<Evaluation> {
    await this.queries.queryOfAudience(await this.queries.getDefinition(tenantId, audienceId, revision));
    const evaluationId = randomUUIDv7();
    await insertRunning(this.sql, { tenantId, audienceId }, evaluationId, revision);
    const evaluation = (await readEvaluation(this.sql, evaluationId)) ?? (await readRunning(this.sql, { tenantId, audienceId }));
    this.worker.poke();
    // The one that kept this one away has just ended.
    return evaluation ?? this.start(tenantId, audienceId, revision);
  }
}
