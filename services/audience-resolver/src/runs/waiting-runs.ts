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

  /** Moves each on if it can be. Answers how many have started. */
  async look(runs: readonly UnfinishedRun[]): Promise<number> {
    let started = 0;
    for (const run of runs) if (await this.lookAt(run)) started += 1;
    return started;
  }

  private async lookAt(run: UnfinishedRun): Promise<boolean> {
    const { sql, configurations } = this;
    if (!isDefined(configurations, run.tenantId, run.audienceId)) {
      if (run.ageMs > UNKNOWN_AUDIENCE_MS) await failRun(sql, run.executionId, 'The audience does not exist.');
      return false;
    }
    if (await startWaitingRun(sql, run.executionId, this.mostShards)) return true;
    const outcome = run.awaitedEvaluationId === null ? undefined : await readOutcome(sql, run.awaitedEvaluationId);
    if (!outcome) await this.askFor(run);
    else if (outcome.failed) await failRun(sql, run.executionId, outcome.error ?? 'The evaluation of the audience failed.');
    return false;
  }

  private async askFor({ executionId, tenantId, audienceId }: UnfinishedRun): Promise<void> {
    const isUpload = this.configurations.get('audience', audienceId)?.source === 'upload';
    const evaluationId = await requestEvaluation(this.sql, { tenantId, audienceId, isUpload, evaluationId: randomUUIDv7() });
    if (evaluationId !== undefined) await awaitEvaluation(this.sql, executionId, evaluationId);
    else if (isUpload) await failRun(this.sql, executionId, 'No members were uploaded to the audience.');
  }
}
