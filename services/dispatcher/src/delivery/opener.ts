/**
 * Writes the intent, and finds out what is ours to send.
 * Guarantee: a row that was there before is never sent again from here, but where it was given back untouched, or where this
 * very attempt opened it by a statement whose answer was lost. What has ended is told of again.
 */
import { Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { Faults } from '../faults/fault-points.js';
import type { LedgerMessage } from '../ledger/fact.js';
import { retakeReady } from '../ledger/leases.js';
import { openMessages } from '../ledger/open-messages.js';
import { readCompleted, readMessages } from '../ledger/read-messages.js';
import type { Attempt } from './attempt.js';
import { messageOf, type Job } from './job.js';
import type { Candidate } from './preparer.js';
import { StatusPublisher } from './status-publisher.js';

export interface Opened {
  jobs: Job[];
  ended: LedgerMessage[];
}

const UNDECIDED = new Set(['ready', 'sending', 'retrying']);

@Injectable()
export class Opener {
  constructor(
    private readonly sql: Sql,
    private readonly statuses: StatusPublisher,
    private readonly faults: Faults,
  ) {}

  async open(candidates: readonly Candidate[], attempt: Attempt): Promise<Opened> {
    const { fresh, completed } = await openMessages(this.sql, candidates.map(({ opening }) => opening), attempt);
    this.faults.visit('after-intent');
    const opened: Opened = { jobs: [], ended: [] };
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
    if (opened.ended.length > 0) await this.statuses.tell(opened.ended, completed);
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
    await this.tellAgain(opened, known.filter(({ state }) => !UNDECIDED.has(state)));
  }

  private async tellAgain(opened: Opened, ended: readonly LedgerMessage[]): Promise<void> {
    if (ended.length === 0) return;
    opened.ended.push(...ended);
    const executions = [...new Set(ended.map(({ executionId }) => executionId))];
    await this.statuses.tell(ended, await readCompleted(this.sql, executions));
  }
}
