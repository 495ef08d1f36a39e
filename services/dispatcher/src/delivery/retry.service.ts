/**
 * Sends what waits in the ledger when its time has come.
 * Guarantee: a due message is taken by one process; it goes through the same rules, hand-over, record and publish as a first
 * try. Limit: what is due is looked for at intervals, and a full chunk is followed by the next at once.
 */
import { Inject, Injectable } from '@nestjs/common';
import { RecipientReady } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { takeDueRetries, type DueRetry } from '../ledger/due-retries.js';
import { Attempts } from './attempt.js';
import { Deliverer } from './deliverer.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import type { Work } from './job.js';
import { NOT_CONFIGURED_YET, isMail } from './mails.js';
import { endedBy, givenBack } from './outcomes.js';
import { Preparer } from './preparer.js';

const CONFIGURATION_WAIT_MS = 5_000;

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
      const mark = attempt.begin();
      const due = await takeDueRetries(this.sql, mark, this.options.chunkMessages);
      if (due.length === 0) return 0;
      attempt.begun();
      const work: Work = { jobs: [], ended: [] };
      for (const one of due) this.sort(one, work, mark.now);
      await this.deliverer.deliver(work, attempt, signal);
      return due.length;
    });
  }

  private sort({ message, payload, ...facts }: DueRetry, { jobs, ended }: Work, now: Date): void {
    const ready = RecipientReady.payload.parse(payload);
    const prepared = this.preparer.prepare(ready, facts);
    if (prepared === NOT_CONFIGURED_YET) ended.push({ message, outcome: givenBack(ready, new Date(now.getTime() + CONFIGURATION_WAIT_MS)) });
    else if (isMail(prepared)) jobs.push({ ready, message, mail: prepared });
    else ended.push({ message, outcome: endedBy(message.messageId, prepared) });
  }
}
