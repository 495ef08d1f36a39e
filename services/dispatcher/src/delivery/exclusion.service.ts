import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { RecipientExcluded } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { Opening } from '../ledger/fact.js';
import { openMessages } from '../ledger/open-messages.js';
import { readCompleted, readMessages } from '../ledger/read-messages.js';
import { StatusPublisher } from './status-publisher.js';

/** Keeps account of recipients that others have excluded. */
@Injectable()
export class ExclusionService {
  constructor(
    private readonly sql: Sql,
    private readonly statuses: StatusPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Handled again it changes nothing, and tells again. */
  async exclude(recipients: readonly RecipientExcluded[]): Promise<void> {
    const now = this.clock.now();
    const openings = recipients.map(openingOf);
    const { overdrawn } = await openMessages(this.sql, openings, { token: randomUUID(), now, leaseMs: 0 });
    const messages = await readMessages(this.sql, openings.map(({ messageId }) => messageId));
    const completed = await readCompleted(this.sql, [...new Set(openings.map(({ executionId }) => executionId))]);
    await this.statuses.tell(messages, { completed, overdrawn });
  }
}

function openingOf(recipient: RecipientExcluded): Opening {
  const { messageId, executionId, tenantId, requestId, campaignId, campaignVersionId, recipientKey, channel, namespace, userId, acceptedAt, expiresAt, code, reason } = recipient;
  return {
    messageId, executionId, tenantId, requestId, campaignId, campaignVersionId, recipientKey, channel, namespace, userId, acceptedAt, expiresAt, code, reason,
    address: null, profileId: null, readyAt: null, state: 'excluded', payload: null,
  };
}
