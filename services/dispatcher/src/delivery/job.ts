import type { JsonObject, RecipientReady } from '@postrider/contracts';
import type { LedgerMessage, Opening, Outcome } from '../ledger/fact.js';
import type { PreparedMail } from './mails.js';

/** A message that an attempt holds and that may be sent. */
export interface Job {
  ready: RecipientReady;
  message: LedgerMessage;
  mail: PreparedMail;
  /** What the template may use as `context`, once it was read; undefined where it is not to be had. */
  context?: JsonObject | undefined;
  /** Its slot at the send rate, in monotonic milliseconds; without one it may go at once. */
  notBeforeMs?: number;
}

/** What an attempt holds. */
export interface Work {
  jobs: Job[];
  /** Messages of which it is known already what comes of them. */
  ended: { message: LedgerMessage; outcome: Outcome }[];
}

/** The ledger's row of a recipient that is ready, before the ledger has met it. */
export function openingOf(ready: RecipientReady): Omit<Opening, 'state' | 'code' | 'reason' | 'payload'> {
  const { messageId, executionId, tenantId, requestId, campaignId, campaignVersionId, recipientKey, channel, namespace, userId } = ready;
  const { address, profileId, acceptedAt, readyAt, expiresAt } = ready;
  return { messageId, executionId, tenantId, requestId, campaignId, campaignVersionId, recipientKey, channel, namespace, userId, address, profileId, acceptedAt, readyAt, expiresAt };
}

/** A row as it is right after it was opened. */
export function messageOf(opening: Opening, now: Date): LedgerMessage {
  const { acceptedAt: _acceptedAt, readyAt: _readyAt, expiresAt: _expiresAt, payload: _payload, ...fields } = opening;
  return { ...fields, sequence: 0, attempts: 0, failure: null, responseCode: null, responseMs: null, updatedAt: now };
}
