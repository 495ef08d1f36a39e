import { Inject, Injectable } from '@nestjs/common';
import type { Lane } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { oldestPendingAfter } from './execution-queries.js';

const HOUR_MS = 3_600_000;
/** An audience may take as long as its sending window. */
const LONGEST_MS: Readonly<Record<Lane, number>> = { transactional: HOUR_MS, bulk: 24 * HOUR_MS };
/** Executions of other processes may become visible this much later than younger ones. */
const OVERLAP_MS = 10_000;

/**
 * How old the oldest execution of a lane is that is not finished.
 * Limits: up to an hour, or a day for audiences, so that one that never ends does not hide the others; an abandoned one that was revived is left out.
 * Each question begins where the last one ended, so that finished executions are passed over once.
 */
@Injectable()
export class OldestPending {
  private readonly finishedUntil: Record<Lane, number> = { transactional: 0, bulk: 0 };

  constructor(
    private readonly sql: Sql,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DependencyUnavailable */
  async seconds(lane: Lane): Promise<number> {
    const now = this.clock.now().getTime();
    const since = Math.max(this.finishedUntil[lane] - OVERLAP_MS, now - LONGEST_MS[lane]);
    const oldest = await oldestPendingAfter(this.sql, lane, new Date(since));
    this.finishedUntil[lane] = oldest?.getTime() ?? now;
    return oldest ? Math.max(0, Math.round((now - oldest.getTime()) / 1_000)) : 0;
  }
}
