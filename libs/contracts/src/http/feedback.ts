import { z } from 'zod';
import type { MessageState } from '../message-state.js';
import { recipientExample } from '../messages/recipient-fields.js';
import { CampaignKind, Channel, Instant } from '../words.js';

/** Adobe's words for what became of a message; `expired` and `unknown` are ours. */
export const FeedbackStatus = z.enum(['sent', 'delivered', 'bounce', 'error', 'exclude', 'expired', 'unknown']);
export type FeedbackStatus = z.infer<typeof FeedbackStatus>;

/** A message that was cancelled got nothing by rule: an exclusion, with the code that says why. */
const FEEDBACK_STATUS_OF: Partial<Record<MessageState, FeedbackStatus>> = {
  sent: 'sent', delivered: 'delivered', bounced: 'bounce', failed: 'error',
  excluded: 'exclude', cancelled: 'exclude', expired: 'expired', unknown: 'unknown',
};

/** Undefined for the states that webhooks are not told: those in which nothing is decided yet. */
export function feedbackStatusOf(state: MessageState): FeedbackStatus | undefined {
  return FEEDBACK_STATUS_OF[state];
}

/**
 * The body of a feedback webhook: one change of one message, field for field as Adobe Journey Optimizer sends it.
 * An empty field is null. `sequence`, `executionId` and `occurredAt` are ours. More fields may be added.
 */
export const FeedbackEvent = z
  .object({
    requestId: z.string(),
    /** The organization. */
    imsOrg: z.string(),
    sandbox: z.object({ id: z.string().nullable(), name: z.string() }),
    channel: Channel,
    eventType: z.literal('message.feedback'),
    channelContext: z.object({ profileAddress: z.string().nullable(), profileNumber: z.string().nullable() }),
    messageExecution: z.object({
      /** The executionId of the accepted call. */
      messageExecutionID: z.string(),
      messageType: CampaignKind,
      campaignID: z.string(),
      campaignVersionID: z.string(),
      campaignType: CampaignKind,
      /** The messageId of the recipient in the accepted call. */
      messageID: z.string(),
      /** Null where no profile stands behind the recipient. */
      messageProfileID: z.string().nullable(),
    }),
    messageDeliveryFeedback: z.object({
      feedbackStatus: z.object({ value: FeedbackStatus }),
      offers: z.null(),
      /** `code` is a word; `number` is Adobe's for it, where there is one. */
      messageExclusion: z.object({ code: z.string(), reason: z.string().nullable(), number: z.string().nullable() }).nullable(),
      messageFailure: z
        .object({ category: z.enum(['hard', 'soft']), type: z.string(), code: z.string(), reason: z.string() })
        .nullable(),
      /** Tries after the first. */
      retryCount: z.int().nonnegative(),
      responseCode: z.int().nullable(),
      responseDurationMillis: z.int().nonnegative().nullable(),
      encoding: z.string().nullable(),
      numberOfMessageParts: z.int().nullable(),
      /** When it was sent or delivered; null while it was neither. */
      deliveryTimestamp: Instant.nullable(),
    }),
    /** Identities by namespace. */
    identityMap: z.record(z.string(), z.array(z.object({ id: z.string(), primary: z.boolean() }))),
    /** Counts the published changes of this message; greater is later. Not every number reaches a webhook. */
    sequence: z.int().positive(),
    executionId: z.string(),
    occurredAt: Instant,
  })
  .meta({ id: 'FeedbackEvent' });
export type FeedbackEvent = z.infer<typeof FeedbackEvent>;

export const feedbackEventExample: FeedbackEvent = {
  requestId: recipientExample.requestId,
  imsOrg: 'acme',
  sandbox: { id: '0198f5a2-0000-7000-8000-000000000004', name: 'prod' },
  channel: 'email',
  eventType: 'message.feedback',
  channelContext: { profileAddress: 'ada@shop.test', profileNumber: null },
  messageExecution: {
    messageExecutionID: recipientExample.executionId,
    messageType: 'transactional',
    campaignID: recipientExample.campaignId,
    campaignVersionID: recipientExample.campaignVersionId,
    campaignType: 'transactional',
    messageID: recipientExample.messageId,
    messageProfileID: '0198f5a2-0000-7000-8000-000000000003',
  },
  messageDeliveryFeedback: {
    feedbackStatus: { value: 'sent' },
    offers: null,
    messageExclusion: null,
    messageFailure: null,
    retryCount: 0,
    responseCode: 250,
    responseDurationMillis: 12,
    encoding: null,
    numberOfMessageParts: null,
    deliveryTimestamp: '2026-01-01T00:00:00.120Z',
  },
  identityMap: { email: [{ id: 'Ada@shop.test', primary: true }] },
  sequence: 1,
  executionId: recipientExample.executionId,
  occurredAt: '2026-01-01T00:00:00.120Z',
};

/** How one call of an endpoint ended. `refused`: an answer that is not 2xx; `failed`: no answer; `blocked`: a forbidden address. */
export const WebhookCallOutcome = z.enum(['succeeded', 'refused', 'failed', 'blocked']);
export type WebhookCallOutcome = z.infer<typeof WebhookCallOutcome>;

const callFields = {
  /** `webhook-id`: equal on every try of one delivery. */
  webhookId: z.string(),
  startedAt: Instant,
  durationMillis: z.int().nonnegative(),
  outcome: WebhookCallOutcome,
  statusCode: z.int().nullable(),
  /** Why there was no usable answer, in one line. */
  error: z.string().nullable(),
  /** The beginning of an answer that is not 2xx. */
  answer: z.string().nullable(),
};

/** The answer of `POST /internal/endpoints/{id}/test?tenantId=` of the webhook-notifier. */
export const WebhookTestOutcome = z.object(callFields).meta({ id: 'WebhookTestOutcome' });
export type WebhookTestOutcome = z.infer<typeof WebhookTestOutcome>;

/** One try, newest first in `GET /internal/endpoints/{id}/attempts?tenantId=&cursor=&limit=` of the webhook-notifier. */
export const WebhookAttemptRecord = z
  .object({
    ...callFields,
    /** Null for a test. */
    messageId: z.string().nullable(),
    sequence: z.int().nullable(),
    /** Counts the tries of one delivery from 1; those that the endpoint put off (Retry-After) count too. */
    number: z.int().positive(),
  })
  .meta({ id: 'WebhookAttemptRecord' });
export type WebhookAttemptRecord = z.infer<typeof WebhookAttemptRecord>;

/** Whether an endpoint is given calls, by its own doing; `enabled` is the administrator's. */
export const WebhookEndpointCondition = z
  .object({
    state: z.enum(['active', 'paused', 'stopped']),
    /** Until when it asked for a pause (Retry-After). */
    pausedUntil: Instant.nullable(),
    stoppedAt: Instant.nullable(),
    /** `gone`: it answered 410; `disabled`: it answered with `webhook-delivery: disable`. */
    stopReason: z.enum(['gone', 'disabled']).nullable(),
    /** Deliveries that it does not have yet. */
    pending: z.int().nonnegative(),
  })
  .meta({ id: 'WebhookEndpointCondition' });
export type WebhookEndpointCondition = z.infer<typeof WebhookEndpointCondition>;

export const WebhookAttemptPage = z
  .object({ items: z.array(WebhookAttemptRecord), nextCursor: z.string().nullable(), endpoint: WebhookEndpointCondition })
  .meta({ id: 'WebhookAttemptPage' });
export type WebhookAttemptPage = z.infer<typeof WebhookAttemptPage>;
