/**
 * Brings to an end what a dead process left.
 * Guarantee: a message whose sender stopped giving signs of life does not stay in `sending`: it becomes `unknown`, or waits for
 * another try where the campaign would rather have it twice than not at all. What was recorded and perhaps not published is
 * published.
 * Limit: a sender that is frozen and wakes up again is fenced: what it records then changes nothing.
 */
import { Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { ConfigurationTable } from '@postrider/kafka';
import type { LedgerMessage, Outcome } from '../ledger/fact.js';
import { findLapsed, takeOver } from '../ledger/leases.js';
import { isPending } from '../ledger/message-states.js';
import { readCompleted } from '../ledger/read-messages.js';
import { Attempts } from './attempt.js';
import { abandonedOutcome } from './classify.js';
import { Deliverer } from './deliverer.js';
import { LapsedAttempts } from './lapsed-attempts.js';

const NEVER = new AbortController().signal;

@Injectable()
export class SweepService {
  constructor(
    private readonly sql: Sql,
    private readonly deliverer: Deliverer,
    private readonly configurations: ConfigurationTable,
    private readonly attempts: Attempts,
    private readonly lapsed: LapsedAttempts,
  ) {}

  /** Works through the attempts that are abandoned; answers how many messages it decided on. */
  async sweep(): Promise<number> {
    let decided = 0;
    for (const token of this.lapsed.abandonedAmong(await findLapsed(this.sql))) decided += await this.sweepOne(token);
    return decided;
  }

  private sweepOne(abandoned: string): Promise<number> {
    return this.attempts.during(async (attempt) => {
      const mark = attempt.begin();
      const messages = await takeOver(this.sql, abandoned, mark);
      if (!messages || messages.length === 0) return 0;
      attempt.begun();
      const { sending = [], told = [] } = Object.groupBy(messages, ({ state }) => (state === 'sending' ? 'sending' : 'told'));
      const ended = sending.map((message) => ({ message, outcome: this.decide(message, mark.now) }));
      await this.deliverer.deliver({ jobs: [], ended }, attempt, NEVER);
      await this.tellAgain(told);
      return ended.length;
    });
  }

  private async tellAgain(messages: readonly LedgerMessage[]): Promise<void> {
    const executions = [...new Set(messages.filter(({ state }) => !isPending(state)).map(({ executionId }) => executionId))];
    await this.deliverer.tell({ over: messages, completed: executions.length > 0 ? await readCompleted(this.sql, executions) : [] });
  }

  private decide(message: LedgerMessage, now: Date): Outcome {
    const policy = this.configurations.get('campaign-version', message.campaignVersionId)?.unknownOutcome ?? 'never-twice';
    // The payload of a message that may be sent again was kept when it was opened.
    return abandonedOutcome({ messageId: message.messageId, attempts: message.attempts, acceptedAt: message.updatedAt, policy, payload: {}, providerPauseMs: 0 }, now);
  }
}
