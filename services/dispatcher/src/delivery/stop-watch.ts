import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, Metrics, type Clock } from '@postrider/runtime';
import { Holds } from './holds.js';
import { countWaiting, hastenRetries } from '../ledger/due-retries.js';

/** A message whose outcome was judged right before the stop may be written down after it. */
const WATCHED_MS = 10_000;

/**
 * Waiting messages of a stopped campaign, or of a cancelled execution, are due at once: the rules end them at their next turn.
 * Guarantee: also what was stopped while no process ran, and what comes to wait in the seconds around the stop.
 */
@Injectable()
export class StopWatch implements OnApplicationBootstrap {
  /** Stopped campaigns, and until when they are looked after. */
  private readonly watched = new Map<string, number>();

  constructor(
    private readonly sql: Sql,
    private readonly configurations: ConfigurationTable,
    private readonly holds: Holds,
    @Inject(CLOCK) private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.gauge('dispatcher_retries_waiting', 'Messages that wait for a try', [], async (gauge) => gauge.set({}, await countWaiting(this.sql, false)));
    metrics.gauge('dispatcher_messages_parked', 'Messages that wait for their turn at a send rate, or for the end of a pause', [], async (gauge) =>
      gauge.set({}, await countWaiting(this.sql, true)),
    );
  }

  onApplicationBootstrap(): void {
    for (const { id, status } of this.configurations.all('campaign')) if (status === 'Stopped') this.watch(id);
    this.configurations.onChange(({ value }) => {
      if (value?.kind === 'campaign' && value.status === 'Stopped') this.watch(value.id);
    });
  }

  /** Also the look at what is held. */
  async hasten(): Promise<void> {
    await this.holds.look();
    const now = this.clock.monotonicMs();
    const [campaignIds, executionIds] = [[...this.watched.keys()], this.holds.cancelled];
    while (campaignIds.length > 0 && (await hastenRetries(this.sql, { campaignIds }, this.clock.now())));
    while (executionIds.length > 0 && (await hastenRetries(this.sql, { executionIds }, this.clock.now())));
    for (const [id, until] of this.watched) if (until < now) this.watched.delete(id);
  }

  private watch(campaignId: string): void {
    this.watched.set(campaignId, this.clock.monotonicMs() + WATCHED_MS);
  }
}
