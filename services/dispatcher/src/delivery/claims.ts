/**
 * The claim in Redis that saves work: repeats of what is done are turned away before the database is asked.
 * Guarantee: none. What may be sent is decided by the ledger, so every trouble of Redis means "go on".
 */
import { Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import { RecipientLocks } from '@postrider/locks';
import { DependencyUnavailable, Metrics, type CounterMetric } from '@postrider/runtime';
import { Faults } from '../faults/fault-points.js';
import type { LedgerMessage } from '../ledger/fact.js';
import { isPending } from '../ledger/message-states.js';

@Injectable()
export class Claims {
  private readonly fallbacks: CounterMetric<never>;

  constructor(
    private readonly locks: RecipientLocks,
    private readonly faults: Faults,
    metrics: Metrics,
  ) {
    this.fallbacks = metrics.counter('dispatcher_lease_fallbacks_total', 'Batches that went on with the ledger alone');
  }

  /** The recipients that are not known to be done. One that another holds is asked about in the ledger. */
  async claim(recipients: readonly RecipientReady[], owner: string): Promise<readonly RecipientReady[]> {
    try {
      const answers = await this.locks.claim(recipients.map(({ messageId }) => messageId), owner);
      this.faults.visit('after-claim');
      return recipients.filter((_recipient, i) => answers[i] !== 'done');
    } catch (error) {
      if (!(error instanceof DependencyUnavailable)) throw error;
      this.fallbacks.inc();
      return recipients;
    }
  }

  /** Marks as done what has ended and was published, and lets go of the others: they wait in the ledger. */
  async finish(claimed: readonly RecipientReady[], messages: readonly LedgerMessage[], owner: string): Promise<void> {
    const done = new Set(messages.filter(({ state }) => !isPending(state)).map(({ messageId }) => messageId));
    const waiting = claimed.map(({ messageId }) => messageId).filter((messageId) => !done.has(messageId));
    try {
      await Promise.all([this.locks.done([...done], owner), this.locks.release(waiting, owner)]);
      this.faults.visit('before-commit');
    } catch (error) {
      if (!(error instanceof DependencyUnavailable)) throw error;
      this.fallbacks.inc();
    }
  }
}
