/**
 * Decides on what a dead process left.
 * Guarantee: a message whose sender stopped giving signs of life does not stay in `sending`: it becomes `unknown`, or waits for
 * another try where the campaign would rather have it twice than not at all.
 * Limit: a sender that is frozen and wakes up again is fenced: what it records then changes nothing.
 */
import { Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { ConfigurationTable } from '@postrider/kafka';
import { Logger } from '@postrider/runtime';
import type { LedgerMessage, Outcome } from '../ledger/fact.js';
import { takeOverAbandoned } from '../ledger/leases.js';
import { Attempts } from './attempt.js';
import { abandonedOutcome } from './classify.js';
import { Recorder } from './recorder.js';

@Injectable()
export class SweepService {
  constructor(
    private readonly sql: Sql,
    private readonly recorder: Recorder,
    private readonly configurations: ConfigurationTable,
    private readonly logger: Logger,
    private readonly attempts: Attempts,
  ) {}

  /** Decides on every attempt whose lease ran out; answers how many messages that were. */
  async sweep(): Promise<number> {
    let decided = 0;
    for (let count = await this.sweepOne(); count !== undefined; count = await this.sweepOne()) decided += count;
    return decided;
  }

  /** Undefined when no lease has run out. */
  private sweepOne(): Promise<number | undefined> {
    return this.attempts.during(async ({ token, now, leaseUntil }) => {
      const messages = await takeOverAbandoned(this.sql, now, token, leaseUntil);
      if (messages === undefined || messages.length === 0) return messages?.length;
      this.logger.warn('ledger.attempt-abandoned', { messages: messages.length });
      await this.recorder.settle(token, messages.map((message) => this.decide(message, now)), new Map(messages.map((message) => [message.messageId, message])));
      return messages.length;
    });
  }

  private decide(message: LedgerMessage, now: Date): Outcome {
    const policy = this.configurations.get('campaign-version', message.campaignVersionId)?.unknownOutcome ?? 'never-twice';
    // The payload of a message that may be sent again was kept when it was opened.
    return abandonedOutcome({ messageId: message.messageId, attempts: message.attempts, acceptedAt: message.updatedAt, policy, payload: {}, providerPauseMs: 0 }, now);
  }
}
