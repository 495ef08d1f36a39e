/**
 * Sends what an attempt holds and settles what came of it.
 * Guarantee: when it returns, every message of the work is recorded, and what others are told of is published. While sends go
 * on, what has come of the others is settled at intervals: a slow provider delays nobody's status, and a crash leaves less
 * in the dark.
 */
import { Injectable } from '@nestjs/common';
import type { RecipientReady } from '@postrider/contracts';
import type { LedgerMessage, Outcome } from '../ledger/fact.js';
import type { Attempt } from './attempt.js';
import type { Job, Work } from './job.js';
import { patiently } from './patiently.js';
import { Recorder } from './recorder.js';
import { Sender } from './sender.js';
import { SharedContexts } from './shared-contexts.js';
import { StatusPublisher, type Told } from './status-publisher.js';

const SETTLE_EVERY_MS = 1_000;
const NEVER = new AbortController().signal;

/** Messages that had ended before, to be told of as well. */
export interface Over extends Told {
  over: readonly LedgerMessage[];
}

@Injectable()
export class Deliverer {
  constructor(
    private readonly sender: Sender,
    private readonly recorder: Recorder,
    private readonly statuses: StatusPublisher,
    private readonly contexts: SharedContexts,
  ) {}

  /** Reads what the mails of these need, before they are taken: afterwards they could only be waited with. */
  async prepare(recipients: readonly RecipientReady[]): Promise<void> {
    await this.contexts.contextsOf(recipients);
  }

  /** Answers the messages as they are afterwards. */
  async deliver({ jobs, ended }: Work, attempt: Attempt, signal: AbortSignal): Promise<LedgerMessage[]> {
    const messages = new Map([...jobs, ...ended].map(({ message }) => [message.messageId, message]));
    const settled: LedgerMessage[] = [];
    const withContexts = await this.withContexts(jobs);
    let unsettled: Outcome[] = ended.map(({ outcome }) => outcome);
    const settle = async (): Promise<void> => {
      const outcomes = unsettled;
      unsettled = [];
      settled.push(...(await this.recorder.settle(attempt.token, outcomes, messages)));
    };
    await this.settlingMeanwhile(settle, () => this.sender.sendAll(withContexts, { attempt, signal, report: (outcome) => unsettled.push(outcome) }));
    await settle();
    return settled;
  }

  private async withContexts(jobs: readonly Job[]): Promise<Job[]> {
    const contexts = await patiently(() => this.contexts.contextsOf(jobs.map(({ ready }) => ready)), NEVER);
    return jobs.map((job, i) => ({ ...job, context: contexts[i] }));
  }

  async tell({ over, ...executions }: Over): Promise<void> {
    if (over.length > 0 || executions.completed.length > 0 || executions.overdrawn?.length) await this.statuses.tell(over, executions);
  }

  /** The first failure to settle is thrown when the sends are over. */
  private async settlingMeanwhile(settle: () => Promise<void>, send: () => Promise<void>): Promise<void> {
    let settling: Promise<void> | undefined;
    const failures: unknown[] = [];
    const timer = setInterval(() => {
      settling ??= settle().catch((error: unknown) => void failures.push(error)).finally(() => (settling = undefined));
    }, SETTLE_EVERY_MS);
    await send().finally(() => clearInterval(timer));
    await settling;
    if (failures.length > 0) throw failures[0];
  }
}
