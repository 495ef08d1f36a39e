/**
 * Carries out one evaluation.
 * Guarantee: members and `Completed` are written by one transaction, so an evaluation is there as a whole or not at all. The
 * row is locked as long as somebody works on it: two processes never evaluate the same, and what a dead one left is free
 * again when the server ends its transaction.
 * Limits: the members are those of one moment, the statement's beginning; a profile that changes later is met next time.
 * Failure modes: rules that cannot be carried out, cost too much or take too long, and parts that are missing, make it
 * Failed with a sentence; an outage of the database leaves it Running, for whoever looks next.
 */
import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { AudienceDefinition } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { AudienceNotFound } from '../members/members.errors.js';
import { InvalidAudience } from '../rules/rules.errors.js';
import { isOf } from './audience-definitions.js';
import { AudienceQueries } from './audience-queries.js';
import { checkCost } from './check-cost.js';
import { EvaluationDatabase } from './evaluation-database.js';
import { EVALUATION_CONFIG, type EvaluationConfig } from './evaluation.config.js';
import { PartFailed } from './evaluation.errors.js';
import { claim, complete, fail, insertFirst, insertMembers, readRunning, type WaitingEvaluation } from './evaluations.js';

/** `waiting` for its parts, for its definition, or for another process that works on it. */
export type Outcome = 'completed' | 'failed' | 'waiting';

/** How long a definition may be behind the evaluation that was asked for; then the one that is here has to do. */
const BEHIND_MS = 5_000;

@Injectable()
export class Evaluator {
  constructor(
    private readonly sql: Sql,
    private readonly database: EvaluationDatabase,
    private readonly queries: AudienceQueries,
    @Inject(EVALUATION_CONFIG) private readonly config: EvaluationConfig,
  ) {}

  async evaluate(evaluation: WaitingEvaluation): Promise<Outcome> {
    const definition = this.queries.definitionOf(evaluation.tenantId, evaluation.audienceId);
    const isBehind = !definition || !isOf(definition, evaluation.revision);
    if (isBehind && evaluation.ageMs < BEHIND_MS) return 'waiting';
    try {
      if (!definition) throw new AudienceNotFound();
      return (await this.hasParts(definition)) ? await this.carryOut(evaluation, definition) : 'waiting';
    } catch (error) {
      if (!(error instanceof InvalidAudience) && !(error instanceof AudienceNotFound)) throw error;
      await fail(this.sql, evaluation.evaluationId, sentenceOf(error));
      return 'failed';
    }
  }

  private async carryOut({ evaluationId }: WaitingEvaluation, definition: AudienceDefinition): Promise<Outcome> {
    const query = await this.queries.queryOfAudience(definition);
    return this.database.run(this.config.AUDIENCE_STATEMENT_TIMEOUT_MS, async (sql) => {
      if (!(await claim(sql, evaluationId))) return 'waiting';
      await checkCost(sql, query, this.config.AUDIENCE_MAX_COST);
      await complete(sql, evaluationId, await insertMembers(sql, evaluationId, query));
      return 'completed';
    });
  }

  /** Segments that a composition needs and that were never evaluated come first. @returns whether all are there now */
  private async hasParts(definition: AudienceDefinition): Promise<boolean> {
    const { tenantId } = definition;
    const missing = await this.queries.unevaluatedParts(definition);
    for (const audienceId of missing) {
      await insertFirst(this.sql, { tenantId, audienceId }, randomUUIDv7());
      const running = await readRunning(this.sql, { tenantId, audienceId });
      const outcome = running && (await this.evaluate({ tenantId, audienceId, evaluationId: running.evaluationId, revision: 0, ageMs: 0 }));
      if (outcome === 'failed') throw new PartFailed(this.queries.definitionOf(tenantId, audienceId)?.name ?? audienceId);
    }
    return missing.length === 0 || (await this.queries.unevaluatedParts(definition)).length === 0;
  }
}

function sentenceOf({ detail, faults = [] }: InvalidAudience | AudienceNotFound): string {
  return [detail, ...faults.slice(0, 10).map(({ path, message }) => `${path}: ${message}`)].join(' ');
}
