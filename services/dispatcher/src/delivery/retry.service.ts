/**
 * Sends what waits in the ledger when its time has come.
 * Guarantee: a due message is taken by one process; it goes through the same rules, hand-over, record and publish as a first
 * try, or is parked where it needs a turn at a send rate, or its execution is paused. Limit: what is due is looked for at intervals, and a full chunk is followed by the next at once.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { takeDueRetries } from '../ledger/due-retries.js';
import { Attempts } from './attempt.js';
import { Deliverer } from './deliverer.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import { TakenWork } from './taken-work.js';

@Injectable()
export class RetryService {
  constructor(
    private readonly sql: Sql,
    private readonly taken: TakenWork,
    private readonly deliverer: Deliverer,
    private readonly attempts: Attempts,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  /** Works through what is due now; answers how many messages it took. */
  async sendDue(signal: AbortSignal): Promise<number> {
    let taken = 0;
    for (let count = this.options.chunkMessages; count === this.options.chunkMessages && !signal.aborted; taken += count) {
      count = await this.sendChunk(signal);
    }
    return taken;
  }

  private sendChunk(signal: AbortSignal): Promise<number> {
    return this.attempts.during(async (attempt) => {
      const mark = attempt.begin();
      const due = await takeDueRetries(this.sql, mark, this.options.chunkMessages);
      if (due.length === 0) return 0;
      attempt.begun();
      await this.deliverer.deliver(this.taken.sort(due, mark.now), attempt, signal);
      return due.length;
    });
  }
}
