import { Injectable } from '@nestjs/common';
import type { LedgerMessage, Outcome } from '../ledger/fact.js';
import type { Attempt } from './attempt.js';
import type { Job } from './job.js';
import type { Opened } from './opener.js';
import { Recorder } from './recorder.js';
import { Sender } from './sender.js';
import { StatusPublisher } from './status-publisher.js';

/** Sends what an attempt holds and settles what came of it. */
@Injectable()
export class Deliverer {
  constructor(
    private readonly sender: Sender,
    private readonly recorder: Recorder,
    private readonly statuses: StatusPublisher,
  ) {}

  /** Sends, settles, and then tells of what had ended without it. Answers all messages as they are afterwards. */
  async deliver({ jobs, ended, completed }: Opened, attempt: Attempt, signal: AbortSignal): Promise<LedgerMessage[]> {
    const outcomes = await this.sender.sendAll(jobs, attempt, signal);
    const settled = await this.recorder.settle(attempt.token, outcomes, byId(jobs));
    if (ended.length > 0) await this.statuses.tell(ended, completed);
    return [...ended, ...settled];
  }

  /** The same for another try: `ended` came to an end without one, and what was not begun waits on. */
  async deliverAgain(jobs: readonly Job[], ended: readonly { message: LedgerMessage; outcome: Outcome }[], attempt: Attempt, signal: AbortSignal): Promise<void> {
    const tried = await this.sender.sendAll(jobs, attempt, signal);
    const messages = byId([...jobs, ...ended]);
    await this.recorder.settle(attempt.token, [...ended.map(({ outcome }) => outcome), ...tried.map(waitingOn(attempt.now))], messages);
  }
}

const byId = (holders: readonly { message: LedgerMessage }[]): Map<string, LedgerMessage> => new Map(holders.map(({ message }) => [message.messageId, message]));

/** The payload that it waits with is kept. */
const waitingOn = (now: Date) => (outcome: Outcome): Outcome =>
  outcome.state === 'ready' ? { ...outcome, state: 'retrying', dueAt: now, payload: {}, code: 'PROVIDER_UNAVAILABLE', reason: 'The process stopped before it was sent.' } : outcome;
