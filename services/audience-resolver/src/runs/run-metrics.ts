import { Inject, Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { CLOCK, Metrics, type Clock, type CounterMetric } from '@postrider/runtime';
import { countUnfinished } from './unfinished-runs.js';

const UNFINISHED_STATES = ['Waiting', 'Running', 'Paused', 'Cancelled'] as const;

/** Counts what was published; a page that is published again counts again. */
@Injectable()
export class RunMetrics {
  private readonly recipients: CounterMetric<'outcome'>;
  private readonly failures: CounterMetric<never>;

  constructor(
    metrics: Metrics,
    private readonly sql: Sql,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.recipients = metrics.counter('audience_run_recipients_total', 'Members of audiences that runs published', ['outcome']);
    this.failures = metrics.counter('audience_run_turns_failed_total', 'Turns of workers that ended early, to be repeated');
    metrics.gauge('audience_runs', 'Runs that are not finished', ['state'], async (gauge) => {
      const counts = await countUnfinished(this.sql);
      for (const state of UNFINISHED_STATES) gauge.set({ state }, counts.find((count) => count.state === state)?.runs ?? 0);
    });
    metrics.gauge('audience_oldest_run_seconds', 'Age of the oldest run that is to go on', [], async (gauge) => {
      const counts = await countUnfinished(this.sql);
      const since = counts.filter(({ state }) => state !== 'Paused').map(({ oldest }) => oldest.getTime());
      gauge.set({}, since.length === 0 ? 0 : (this.clock.now().getTime() - Math.min(...since)) / 1_000);
    });
  }

  /** @param resolved all of them, those without an identity among them */
  count({ resolved, missingIdentity }: { resolved: number; missingIdentity: number }): void {
    this.recipients.inc({ outcome: 'resolved' }, resolved - missingIdentity);
    this.recipients.inc({ outcome: 'missing-identity' }, missingIdentity);
  }

  turnFailed(): void {
    this.failures.inc();
  }
}
