import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, Metrics, type Clock } from '@postrider/runtime';
import { countRetries, hastenRetries } from '../ledger/due-retries.js';

/** A message whose outcome was judged right before the stop may be written down after it. */
const WATCHED_MS = 10_000;

/**
 * A stopped campaign's waiting messages are due at once: the rules end them at their next turn.
 * Guarantee: also what was stopped while no process ran, and what comes to wait in the seconds around the stop.
 */
@Injectable()
export class StopWatch implements OnApplicationBootstrap {
  /** Stopped campaigns, and until when they are looked after. */
  private readonly watched = new Map<string, number>();

  constructor(
    private readonly sql: Sql,
    private readonly configurations: ConfigurationTable,
    @Inject(CLOCK) private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.gauge('dispatcher_retries_waiting', 'Messages that wait for a try', [], async (gauge) => gauge.set({}, await countRetries(this.sql)));
  }

  onApplicationBootstrap(): void {
    for (const { id, status } of this.configurations.all('campaign')) if (status === 'Stopped') this.watch(id);
    this.configurations.onChange(({ value }) => {
      if (value?.kind === 'campaign' && value.status === 'Stopped') this.watch(value.id);
    });
  }

  async hasten(): Promise<void> {
    if (this.watched.size === 0) return;
    const now = this.clock.monotonicMs();
    await hastenRetries(this.sql, [...this.watched.keys()], this.clock.now());
    for (const [id, until] of this.watched) if (until < now) this.watched.delete(id);
  }

  private watch(campaignId: string): void {
    this.watched.set(campaignId, this.clock.monotonicMs() + WATCHED_MS);
  }
}
