/**
 * From a batch of recipients to sent mails: claim, judge and render, intent, send, record, publish.
 * Guarantee: a message is handed over only by the attempt whose intent opened its row. Handling a batch again sends nothing
 * again and publishes again what the ledger says.
 * Limits: a repeat that meets a message in the hands of another attempt leaves it to that one, or to the sweep.
 */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import { DependencyUnavailable } from '@postrider/runtime';
import type { LedgerMessage } from '../ledger/fact.js';
import { Attempts } from './attempt.js';
import { Claims } from './claims.js';
import { Deliverer } from './deliverer.js';
import { Opener } from './opener.js';
import { patiently } from './patiently.js';
import { Preparer } from './preparer.js';

@Injectable()
export class DispatchService {
  constructor(
    private readonly claims: Claims,
    private readonly preparer: Preparer,
    private readonly opener: Opener,
    private readonly deliverer: Deliverer,
    private readonly attempts: Attempts,
  ) {}

  /** @throws DependencyUnavailable when it could not be finished here: the batch must be handled again */
  async dispatch(batch: readonly RecipientReady[], signal: AbortSignal): Promise<void> {
    const owner = randomUUID();
    const distinct = [...new Map(batch.map((ready) => [ready.messageId, ready])).values()];
    const recipients = await this.claims.claim(distinct, owner);
    if (recipients.length === 0) return;
    const settled = await this.dispatchClaimed(recipients, signal);
    await this.claims.finish(settled, owner);
    if (settled.some(({ state }) => state === 'ready')) throw new DependencyUnavailable('dispatcher', new Error('the process is stopping'));
  }

  private dispatchClaimed(recipients: readonly RecipientReady[], signal: AbortSignal): Promise<LedgerMessage[]> {
    return this.attempts.during(async (attempt) => {
      const candidates = recipients.map((ready) => this.preparer.candidate(ready));
      const opened = await patiently(() => this.opener.open(candidates, attempt), signal);
      return this.deliverer.deliver(opened, attempt, signal);
    });
  }
}
