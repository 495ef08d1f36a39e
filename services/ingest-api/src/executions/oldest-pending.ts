import { Inject, Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { oldestPendingAfter } from './execution-queries.js';

const LONGEST_MS = 3_600_000;
/** Executions of other processes may become visible this much later than younger ones. */
const OVERLAP_MS = 10_000;

/**
 * How old the oldest execution is that is not finished.
 * Limits: up to an hour, so that one that never ends does not hide the others; an abandoned one that was revived is left out.
 * Each question begins where the last one ended, so that finished executions are passed over once.
 */
@Injectable()
export class OldestPending {
  private finishedUntil = 0;

  constructor(
    private readonly sql: Sql,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DependencyUnavailable */
  async seconds(): Promise<number> {
    const now = this.clock.now().getTime();
    const since = Math.max(this.finishedUntil - OVERLAP_MS, now - LONGEST_MS);
    const oldest = await oldestPendingAfter(this.sql, new Date(since));
    this.finishedUntil = oldest?.getTime() ?? now;
    return oldest ? Math.max(0, Math.round((now - oldest.getTime()) / 1_000)) : 0;
  }
}
