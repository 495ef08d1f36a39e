/**
 * Runs whose audience has no completed evaluation yet.
 * Guarantee: one evaluation is asked for, or one that goes on already is waited for; the run starts when any evaluation of its
 * audience is complete, and fails when the awaited one failed, or when the audience does not exist.
 * Limit: an audience may be known here a moment after the call that names it, so that is decided after a few seconds only.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { Sql } from '@postrider/database';
import type { ConfigurationTable } from '@postrider/kafka';
import { isDefined } from './run-intake.js';
import { failRun } from './run-states.js';
import { startWaitingRun } from './start-runs.js';
import { awaitEvaluation, readOutcome, requestEvaluation, type UnfinishedRun } from './unfinished-runs.js';

/** How long a configuration may be behind the calls that were made with it. */
const UNKNOWN_AUDIENCE_MS = 3_000;

export class WaitingRuns {
  constructor(
    private readonly sql: Sql,
    private readonly configurations: ConfigurationTable,
    private readonly mostShards: number,
  ) {}

  /** Moves on those that can be. Answers which wait no more. */
  async look(runs: readonly UnfinishedRun[]): Promise<string[]> {
    const moved: string[] = [];
    for (const run of runs) if (await this.hasMoved(run)) moved.push(run.executionId);
    return moved;
  }

  private async hasMoved(run: UnfinishedRun): Promise<boolean> {
    const { sql, configurations } = this;
    if (!isDefined(configurations, run.tenantId, run.audienceId)) {
      return run.ageMs > UNKNOWN_AUDIENCE_MS && failRun(sql, run.executionId, 'The audience does not exist.');
    }
    if (await startWaitingRun(sql, run.executionId, this.mostShards)) return true;
    const outcome = run.awaitedEvaluationId === null ? undefined : await readOutcome(sql, run.awaitedEvaluationId);
    if (!outcome) return this.askFor(run);
    return outcome.failed && failRun(sql, run.executionId, outcome.error ?? 'The evaluation of the audience failed.');
  }

  /** True when there is nothing to ask for, so that the run has failed. */
  private async askFor({ executionId, tenantId, audienceId }: UnfinishedRun): Promise<boolean> {
    const isUpload = this.configurations.get('audience', audienceId)?.source === 'upload';
    const evaluationId = await requestEvaluation(this.sql, { tenantId, audienceId, isUpload, evaluationId: randomUUIDv7() });
    if (evaluationId === undefined) return isUpload && failRun(this.sql, executionId, 'No members were uploaded to the audience.');
    await awaitEvaluation(this.sql, executionId, evaluationId);
    return false;
  }
}
