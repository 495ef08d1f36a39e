/**
 * From a batch of recipients to sent mails: claim, judge, intent, render, send, record, publish.
 * Guarantee: a message is handed over only by the attempt whose intent opened its row. When a batch is handled, each of its
 * messages has ended, or waits in the ledger, which knows all that its send needs. Handling it again sends nothing again and
 * publishes again what the ledger says.
 * Limits: one chunk of a batch at a time, so that a crash leaves little in the dark. A repeat that meets a message in the
 * hands of another attempt leaves it to that one, or to the sweep.
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import { DependencyUnavailable } from '@postrider/runtime';
import type { LedgerMessage } from '../ledger/fact.js';
import { Attempts } from './attempt.js';
import { Claims } from './claims.js';
import { Deliverer } from './deliverer.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import { Opener } from './opener.js';
import { patiently } from './patiently.js';

@Injectable()
export class DispatchService {
  constructor(
    private readonly claims: Claims,
    private readonly opener: Opener,
    private readonly deliverer: Deliverer,
    private readonly attempts: Attempts,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  /** @throws DependencyUnavailable when it could not be finished here: the batch must be handled again */
  async dispatch(batch: readonly RecipientReady[], signal: AbortSignal): Promise<void> {
    const owner = randomUUID();
    const distinct = [...new Map(batch.map((ready) => [ready.messageId, ready])).values()];
    const recipients = await this.claims.claim(distinct, owner);
    const over: LedgerMessage[] = [];
    for (let start = 0; start < recipients.length; start += this.options.chunkMessages) {
      if (signal.aborted) throw new DependencyUnavailable('dispatcher', new Error('the partitions go to another, or the process stops'));
      over.push(...(await this.dispatchChunk(recipients.slice(start, start + this.options.chunkMessages), signal)));
    }
    await this.claims.finish(recipients, over, owner);
  }

  /** Answers the messages as they are afterwards. */
  private dispatchChunk(recipients: readonly RecipientReady[], signal: AbortSignal): Promise<LedgerMessage[]> {
    return this.attempts.during(async (attempt) => {
      await patiently(() => this.deliverer.prepare(recipients), signal);
      const opened = await patiently(() => this.opener.open(recipients, attempt), signal);
      const delivered = await this.deliverer.deliver(opened, attempt, signal);
      await this.deliverer.tell(opened);
      return [...opened.over, ...delivered];
    });
  }
}
