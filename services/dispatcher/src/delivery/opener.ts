/**
 * Writes the intent, and finds out what is ours to send.
 * Guarantee: a row that was there before is never sent again from here, but where this very attempt opened it by a statement
 * whose answer was lost.
 */
import { Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { Faults } from '../faults/fault-points.js';
import type { LedgerMessage } from '../ledger/fact.js';
import type { TallyChanges } from '../ledger/ledger-rows.js';
import { isPending } from '../ledger/message-states.js';
import { openMessages } from '../ledger/open-messages.js';
import { readCompleted, readMessages } from '../ledger/read-messages.js';
import type { Attempt } from './attempt.js';
import { messageOf, type Work } from './job.js';
import { givenBack } from './outcomes.js';
import { ParkedService } from './parked.service.js';
import { Preparer, type Candidate } from './preparer.js';

export interface Opened extends Work, TallyChanges {
  /** What has ended, now or before: to be told of, again where it was before. */
  over: LedgerMessage[];
}

/** Configuration that is missing is a moment behind. */
const CONFIGURATION_WAIT_MS = 1_000;

@Injectable()
export class Opener {
  constructor(
    private readonly sql: Sql,
    private readonly preparer: Preparer,
    private readonly parking: ParkedService,
    private readonly faults: Faults,
  ) {}

  /** Repeating it with the same attempt is safe. */
  async open(recipients: readonly RecipientReady[], attempt: Attempt): Promise<Opened> {
    const candidates = recipients.map((ready) => this.preparer.candidate(ready));
    const mark = attempt.begin();
    const { fresh, completed, overdrawn } = await openMessages(this.sql, candidates.map(({ opening }) => opening), mark);
    attempt.begun();
    this.faults.visit('after-intent');
    const opened: Opened = { jobs: [], ended: [], over: [], completed, overdrawn };
    const repeated: Candidate[] = [];
    for (const candidate of candidates) {
      const row = fresh.get(candidate.opening.messageId);
      if (row) this.add(opened, candidate, { ...messageOf(candidate.opening, mark.now), state: row.state, code: row.code, reason: row.reason, sequence: row.sequence });
      else repeated.push(candidate);
    }
    if (candidates.some(({ opening }) => opening.state === 'ready')) this.parking.wake();
    if (repeated.length > 0) await this.addRepeated(opened, repeated, attempt.token);
    return opened;
  }

  private add(opened: Opened, { ready, mail }: Candidate, message: LedgerMessage): void {
    // What is parked is left to those who give the permission.
    if (message.state === 'ready') return;
    if (message.state !== 'sending') opened.over.push(message);
    else if (mail) opened.jobs.push({ ready, message, mail });
    else opened.ended.push({ message, outcome: givenBack(ready, new Date(message.updatedAt.getTime() + CONFIGURATION_WAIT_MS)) });
  }

  /** What another attempt has, or what waits, is left to those who have it. */
  private async addRepeated(opened: Opened, candidates: readonly Candidate[], token: string): Promise<void> {
    const known = await readMessages(this.sql, candidates.map(({ opening }) => opening.messageId));
    const byId = new Map(known.map((message) => [message.messageId, message]));
    const over = known.filter(({ state }) => !isPending(state));
    for (const candidate of candidates) {
      const message = byId.get(candidate.ready.messageId);
      if (message?.state === 'sending' && message.attemptToken === token) this.add(opened, candidate, message);
    }
    if (over.length === 0) return;
    opened.over.push(...over);
    opened.completed.push(...(await readCompleted(this.sql, [...new Set(over.map(({ executionId }) => executionId))])));
  }
}
