import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, Logger, Metrics, type Clock } from '@postrider/runtime';
import { countRetries, hastenRetries } from '../ledger/due-retries.js';

/** A stopped campaign's waiting messages are due at once: the rules end them at their next turn. */
@Injectable()
export class StopWatch implements OnApplicationBootstrap {
  constructor(
    private readonly sql: Sql,
    private readonly configurations: ConfigurationTable,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.gauge('dispatcher_retries_waiting', 'Messages that wait for another try', [], async (gauge) => gauge.set({}, await countRetries(this.sql)));
  }

  onApplicationBootstrap(): void {
    this.configurations.onChange(({ value }) => {
      if (value?.kind === 'campaign' && value.status === 'Stopped') void this.hasten(value.id);
    });
  }

  private async hasten(campaignId: string): Promise<void> {
    try {
      await hastenRetries(this.sql, campaignId, this.clock.now());
    } catch (error) {
      // They end at their own time then, by the same rule.
      this.logger.warn('stop.hasten-failed', { campaignId, error });
    }
  }
}
