import { Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { Logger, Metrics, kindOf, type CounterMetric, type HistogramMetric } from '@postrider/runtime';
import { readWaiting, type WaitingEvaluation } from './evaluations.js';

const SECONDS = [0.05, 0.25, 1, 2.5, 5, 10, 20, 40, 80, 160];

/** What logs and metrics say of evaluations. `broken` is one that ended for a reason that is no fault of its definition. */
@Injectable()
export class EvaluationReport {
  private readonly ends: CounterMetric<'outcome'>;
  private readonly seconds: HistogramMetric<'outcome'>;

  constructor(
    metrics: Metrics,
    sql: Sql,
    private readonly logger: Logger,
  ) {
    this.ends = metrics.counter('audience_evaluations_total', 'Evaluations that this process ended', ['outcome']);
    this.seconds = metrics.histogram('audience_evaluation_seconds', 'How long an evaluation was worked on', ['outcome'], SECONDS);
    metrics.gauge('audience_oldest_evaluation_seconds', 'Age of the oldest evaluation that has not ended', [], async (gauge) => {
      const [oldest] = await readWaiting(sql);
      gauge.set({}, (oldest?.ageMs ?? 0) / 1_000);
    });
  }

  ended(evaluation: WaitingEvaluation, outcome: 'completed' | 'failed', ms: number): void {
    this.count(outcome, ms);
    this.logger.info('audience.evaluated', { ...evaluation, outcome, ms: Math.round(ms) });
  }

  /** What is transient will be tried again, and has not ended. */
  threw(evaluation: WaitingEvaluation, error: unknown, ms: number): void {
    const isTransient = kindOf(error) === 'transient';
    if (!isTransient) this.count('broken', ms);
    this.logger[isTransient ? 'warn' : 'error']('audience.evaluation-failed', { ...evaluation, error });
  }

  unreadable(error: unknown): void {
    this.logger.warn('evaluations.unreadable', { error });
  }

  private count(outcome: 'completed' | 'failed' | 'broken', ms: number): void {
    this.ends.inc({ outcome });
    this.seconds.observe({ outcome }, ms / 1_000);
  }
}
