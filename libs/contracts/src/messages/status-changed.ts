import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.js';
import { MessageState } from '../message-state.js';
import { CampaignKind, Channel, Instant } from '../words.js';
import { recipientExample } from './recipient-fields.js';

/** Why a message failed, or must wait for its next try. */
export const DeliveryFailure = z.object({
  /** `hard`: trying again cannot help. `soft`: it could. */
  category: z.enum(['hard', 'soft']),
  type: z.string(),
  code: z.string(),
  reason: z.string(),
});
export type DeliveryFailure = z.infer<typeof DeliveryFailure>;

/**
 * A change of a message's state that others may act on: every state but `accepted`, `ready` and
 * `sending`. In order of `sequence` for each message. Producer: dispatcher.
 */
export const StatusChanged = defineMessage({
  topic: 'delivery.status-changed.v1',
  key: (m) => m.recipientKey,
  id: (m) => `${m.messageId}/${m.sequence}`,
  payload: z.object({
    tenantId: z.string(),
    executionId: z.string(),
    requestId: z.string(),
    campaignId: z.string(),
    campaignVersionId: z.string(),
    campaignKind: CampaignKind,
    messageId: z.string(),
    recipientKey: z.string(),
    channel: Channel,
    namespace: z.string(),
    userId: z.string(),
    address: z.string().nullable(),
    profileId: z.string().nullable(),
    state: MessageState,
    /** Counts the changes of this message from 1, without gaps among published ones. */
    sequence: z.int().positive(),
    /** Tries of delivery so far; 0 when nothing was handed over. */
    attempts: z.int().nonnegative(),
    /** An exclusion code, or why it expired or was cancelled. */
    code: z.string().nullable(),
    reason: z.string().nullable(),
    failure: DeliveryFailure.nullable(),
    /** The provider's answer to the last try, e.g. an SMTP reply code. */
    responseCode: z.int().nullable(),
    responseDurationMillis: z.int().nonnegative().nullable(),
    occurredAt: Instant,
  }),
  example: {
    tenantId: recipientExample.tenantId,
    executionId: recipientExample.executionId,
    requestId: recipientExample.requestId,
    campaignId: recipientExample.campaignId,
    campaignVersionId: recipientExample.campaignVersionId,
    campaignKind: 'transactional',
    messageId: recipientExample.messageId,
    recipientKey: recipientExample.recipientKey,
    channel: 'email',
    namespace: 'email',
    userId: 'Ada@shop.test',
    address: 'ada@shop.test',
    profileId: '0198f5a2-0000-7000-8000-000000000003',
    state: 'sent',
    sequence: 1,
    attempts: 1,
    code: null,
    reason: null,
    failure: null,
    responseCode: 250,
    responseDurationMillis: 12,
    occurredAt: '2026-01-01T00:00:00.120Z',
  },
});
export type StatusChanged = PayloadOf<typeof StatusChanged>;
