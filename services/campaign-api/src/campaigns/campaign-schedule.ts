/**
 * Guarantee: a campaign whose start or end has come is published as Live or Completed within a few seconds; with several
 * processes, each change is made once.
 * Limit: this is the state that people and other services see; whether a call falls into the window is checked with
 * each call, to the millisecond.
 * Failure mode: with Postgres down nothing changes, and what is overdue is done afterwards.
 */
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Brackets, DataSource } from 'typeorm';
import { CLOCK, Logger, type Clock } from '@postrider/runtime';
import { OutboxRelay } from '../outbox/outbox-relay.js';
import { saveCampaign } from './campaign-store.js';
import { CampaignRow } from './campaign.entity.js';
import { endOf, statusInWindow } from './status-transitions.js';

const SWEEP_MS = 1_000;
const AT_ONCE = 100;
const PUBLISH_PATIENCE_MS = 1_000;

@Injectable()
export class CampaignSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<number> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly relay: OutboxRelay,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweeping ??= this.sweep()
        .catch((error: unknown) => {
          this.logger.warn('campaign-schedule.failed', { error });
          return 0;
        })
        .finally(() => (this.sweeping = undefined));
    }, SWEEP_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Starts and ends what is due; answers how many campaigns changed. */
  async sweep(): Promise<number> {
    const now = this.clock.now();
    const changed = await this.dataSource.transaction(async (manager) => {
      const due = await manager.createQueryBuilder(CampaignRow, 'c')
        .where(`c.status = 'Scheduled' AND c.startAt <= :now`, { now })
        .orWhere(new Brackets((or) => or.where(`c.status IN ('Scheduled', 'Live') AND (c.endAt <= :now OR c.completesAt <= :now)`, { now })))
        .orderBy('c.id').limit(AT_ONCE).setLock('pessimistic_write').setOnLocked('skip_locked').getMany();
      for (const campaign of due) {
        const status = statusInWindow({ ...campaign, endAt: endOf(campaign) }, now);
        await saveCampaign(manager, { ...campaign, status }, now);
      }
      return due.length;
    });
    if (changed > 0) await this.relay.settle(PUBLISH_PATIENCE_MS);
    return changed;
  }
}
