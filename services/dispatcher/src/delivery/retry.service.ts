/**
 * Sends again what waits for its time.
 * Guarantee: a due message is taken by one process; it goes through the same rules, hand-over, record and publish as a first
 * try. Limit: what is due is looked for at intervals, and a full chunk is followed by the next at once.
 */
import { Inject, Injectable } from '@nestjs/common';
import { RecipientReady } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { cancelledAmong } from '../ledger/cancel-execution.js';
import { takeDueRetries, type DueRetry } from '../ledger/due-retries.js';
import type { LedgerMessage, Outcome } from '../ledger/fact.js';
import { Attempts } from './attempt.js';
import { Deliverer } from './deliverer.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import type { Job } from './job.js';
import { isMail } from './mails.js';
import { Preparer, type End } from './preparer.js';

@Injectable()
export class RetryService {
  constructor(
    private readonly sql: Sql,
    private readonly preparer: Preparer,
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
      const due = await takeDueRetries(this.sql, attempt, this.options.chunkMessages);
      if (due.length === 0) return 0;
      const cancelled = await cancelledAmong(this.sql, [...new Set(due.map(({ message }) => message.executionId))]);
      const { jobs, ended } = this.sort(due, cancelled);
      await this.deliverer.deliverAgain(jobs, ended, attempt, signal);
      return due.length;
    });
  }

  private sort(due: readonly DueRetry[], cancelled: ReadonlySet<string>): { jobs: Job[]; ended: { message: LedgerMessage; outcome: Outcome }[] } {
    const jobs: Job[] = [];
    const ended: { message: LedgerMessage; outcome: Outcome }[] = [];
    for (const { message, payload } of due) {
      const ready = RecipientReady.payload.parse(payload);
      const prepared = this.preparer.prepare(ready, cancelled.has(ready.executionId));
      if (isMail(prepared)) jobs.push({ ready, message, mail: prepared });
      else ended.push({ message, outcome: endOf(message, prepared) });
    }
    return { jobs, ended };
  }
}

const endOf = ({ messageId }: LedgerMessage, end: End): Outcome => ({ messageId, tries: 0, failure: null, responseCode: null, responseMs: null, ...end });
