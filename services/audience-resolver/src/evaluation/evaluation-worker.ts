/**
 * Takes up evaluations that wait, in every process.
 * Guarantee: each is taken up within a poll of being asked for, at once where this process was asked, by one process at a time.
 * Limits: two go on at a time in a process.
 * Failure modes: at the end of the process what goes on is rolled back, and taken up by another.
 */
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { kindOf, pause, within } from '@postrider/runtime';
import { EvaluationDatabase } from './evaluation-database.js';
import { EVALUATION_CONFIG, type EvaluationConfig } from './evaluation.config.js';
import { EvaluationReport } from './evaluation-report.js';
import { fail, readWaiting, type WaitingEvaluation } from './evaluations.js';
import { Evaluator } from './evaluator.js';

const AT_ONCE = 2;
const CANCEL_EVERY_MS = 200;
const LONGEST_END_MS = 4_000;

@Injectable()
export class EvaluationWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly taken = new Map<string, Promise<void>>();
  private loop: Promise<void> | undefined;
  private wake = new AbortController();

  constructor(
    private readonly sql: Sql,
    private readonly database: EvaluationDatabase,
    private readonly evaluator: Evaluator,
    private readonly report: EvaluationReport,
    @Inject(EVALUATION_CONFIG) private readonly config: EvaluationConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.work();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.poke();
    const deadline = performance.now() + LONGEST_END_MS;
    while (this.taken.size > 0 && performance.now() < deadline) {
      await this.database.cancelAll(this.sql).catch(() => undefined);
      await within(CANCEL_EVERY_MS, Promise.all(this.taken.values()));
    }
    await this.loop;
  }

  /** There may be something to take up. */
  poke(): void {
    this.wake.abort();
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wake = new AbortController();
      const { signal } = this.wake;
      await this.takeUp().catch((error: unknown) => this.report.unreadable(error));
      await pause(this.config.AUDIENCE_POLL_MS, signal);
    }
  }

  private async takeUp(): Promise<void> {
    if (this.taken.size >= AT_ONCE) return;
    const waiting = (await readWaiting(this.sql)).filter(({ evaluationId }) => !this.taken.has(evaluationId));
    for (const evaluation of waiting) {
      if (this.taken.size >= AT_ONCE) await Promise.race(this.taken.values());
      if (this.stopping.signal.aborted) return;
      this.taken.set(evaluation.evaluationId, this.attempt(evaluation).finally(() => this.taken.delete(evaluation.evaluationId)));
    }
  }

  private async attempt(evaluation: WaitingEvaluation): Promise<void> {
    const startedAt = performance.now();
    try {
      const outcome = await this.evaluator.evaluate(evaluation);
      if (outcome !== 'waiting') this.report.ended(evaluation, outcome, performance.now() - startedAt);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.report.threw(evaluation, error, performance.now() - startedAt);
      if (kindOf(error) !== 'transient') await fail(this.sql, evaluation.evaluationId, 'It failed for a reason that is in the log.').catch(() => undefined);
    }
  }
}
