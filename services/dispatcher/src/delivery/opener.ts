/**
 * Writes the intent, and finds out what is ours to send.
 * Guarantee: a row that was there before is never sent again from here, but where it was given back untouched, or where this
 * very attempt opened it by a statement whose answer was lost.
 */
import { Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { Faults } from '../faults/fault-points.js';
import type { CompletedExecution, LedgerMessage } from '../ledger/fact.js';
import { retakeReady } from '../ledger/leases.js';
import { openMessages } from '../ledger/open-messages.js';
import { readCompleted, readMessages } from '../ledger/read-messages.js';
import type { Attempt } from './attempt.js';
import { messageOf, type Job } from './job.js';
import type { Candidate } from './preparer.js';

/** What an attempt has found out. */
export interface Opened {
  /** Ours to send. */
  jobs: Job[];
  /** What has ended, now or before: to be told of once the jobs are done. */
  ended: LedgerMessage[];
  completed: CompletedExecution[];
}

const UNDECIDED = new Set(['ready', 'sending', 'retrying']);

@Injectable()
export class Opener {
  constructor(
    private readonly sql: Sql,
    private readonly faults: Faults,
  ) {}

  async open(candidates: readonly Candidate[], attempt: Attempt): Promise<Opened> {
    const { fresh, completed } = await openMessages(this.sql, candidates.map(({ opening }) => opening), attempt);
    this.faults.visit('after-intent');
    const opened: Opened = { jobs: [], ended: [], completed };
    const repeated: Candidate[] = [];
    for (const candidate of candidates) {
      const row = fresh.get(candidate.opening.messageId);
      if (!row) {
        repeated.push(candidate);
        continue;
      }
      const message = { ...messageOf(candidate.opening, attempt.now), state: row.state, code: row.code, reason: row.reason, sequence: row.sequence };
      if (row.state === 'sending' && candidate.mail) opened.jobs.push({ ready: candidate.ready, message, mail: candidate.mail });
      else opened.ended.push(message);
    }
    if (repeated.length > 0) await this.addRepeated(opened, repeated, attempt);
    return opened;
  }

  private async addRepeated(opened: Opened, candidates: readonly Candidate[], attempt: Attempt): Promise<void> {
    const known = await readMessages(this.sql, candidates.map(({ opening }) => opening.messageId));
    const givenBack = known.filter(({ state }) => state === 'ready').map(({ messageId }) => messageId);
    const ours = givenBack.length > 0 ? await retakeReady(this.sql, givenBack, attempt.token, attempt.leaseUntil) : new Set<string>();
    for (const { messageId, state, attemptToken } of known) if (state === 'sending' && attemptToken === attempt.token) ours.add(messageId);
    const byId = new Map(known.map((message) => [message.messageId, message]));
    for (const { ready, mail } of candidates) {
      const message = byId.get(ready.messageId);
      if (message && mail && ours.has(ready.messageId)) opened.jobs.push({ ready, message, mail });
    }
    const ended = known.filter(({ state }) => !UNDECIDED.has(state));
    opened.ended.push(...ended);
    if (ended.length > 0) opened.completed.push(...(await readCompleted(this.sql, [...new Set(ended.map(({ executionId }) => executionId))])));
  }
}
