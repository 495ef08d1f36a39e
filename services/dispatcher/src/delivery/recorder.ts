/**
 * Writes outcomes down and tells others of them.
 * Guarantee: outcomes are in memory alone until they are recorded, so recording is tried until the ledger answers. What was
 * recorded is published before the caller goes on.
 * Failure modes: a process that dies before the record leaves messages in `sending`, for the sweep to decide on; one that
 * dies before the publish leaves the attempt's row, by which the sweep finds out what to publish.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { CLOCK, Logger, type Clock } from '@postrider/runtime';
import { Faults } from '../faults/fault-points.js';
import type { LedgerMessage, Outcome } from '../ledger/fact.js';
import type { ChangeRow } from '../ledger/ledger-rows.js';
import { readMessages } from '../ledger/read-messages.js';
import { recordOutcomes, type Recorded } from '../ledger/record-outcomes.js';
import { patiently } from './patiently.js';
import { StatusPublisher } from './status-publisher.js';

@Injectable()
export class Recorder {
  constructor(
    private readonly sql: Sql,
    private readonly statuses: StatusPublisher,
    private readonly faults: Faults,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Records, publishes, and answers the messages as they are now. */
  async settle(token: string, outcomes: readonly Outcome[], messages: ReadonlyMap<string, LedgerMessage>): Promise<LedgerMessage[]> {
    if (outcomes.length === 0) return [];
    const now = this.clock.now();
    this.faults.visit('before-record');
    const { changed, ...executions } = await this.record(token, outcomes, now);
    const recorded = outcomes.flatMap((outcome) => {
      const row = changed.get(outcome.messageId);
      const message = messages.get(outcome.messageId);
      return row && message ? [changedMessage(message, outcome, row, now)] : [];
    });
    // Recorded before by a statement whose answer was lost, or by whoever took the attempt over.
    const missed = outcomes.filter(({ messageId }) => !changed.has(messageId)).map(({ messageId }) => messageId);
    const reread = missed.length > 0 ? await readMessages(this.sql, missed) : [];
    const silent = new Set(outcomes.filter(({ isSilent }) => isSilent).map(({ messageId }) => messageId));
    await this.statuses.tell([...recorded, ...reread].filter(({ messageId }) => !silent.has(messageId)), executions);
    return [...recorded, ...reread];
  }

  private record(token: string, outcomes: readonly Outcome[], now: Date): Promise<Recorded> {
    const onWait = (error: unknown): void => this.logger.warn('ledger.record-waits', { outcomes: outcomes.length, error });
    return patiently(() => recordOutcomes(this.sql, outcomes, { token, now }), NEVER, onWait);
  }
}

/** A record is not given up: its facts are nowhere else. */
const NEVER = new AbortController().signal;

function changedMessage(message: LedgerMessage, outcome: Outcome, row: ChangeRow, now: Date): LedgerMessage {
  const { code, reason, failure, responseCode, responseMs } = outcome;
  return { ...message, state: row.state, sequence: row.sequence, attempts: row.attempts, code, reason, failure, responseCode, responseMs, updatedAt: now };
}
