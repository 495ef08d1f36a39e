import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.js';
import { LANES, Lane } from '../lane.js';
import { Channel, Instant } from '../words.js';
import { recipientExample, recipientInput } from './recipient-fields.js';

export const AcceptedRecipient = z.object({
  messageId: z.string(),
  recipientKey: z.string(),
  namespace: z.string(),
  userId: z.string(),
  ...recipientInput,
});
export type AcceptedRecipient = z.infer<typeof AcceptedRecipient>;

/** A call that was answered, or is about to be answered, with 202. Producer: ingest-api. */
export const ExecutionAccepted = defineMessage({
  topic: 'ingest.execution-accepted.v1',
  lanes: LANES,
  key: (m) => m.executionId,
  id: (m) => m.executionId,
  payload: z.object({
    tenantId: z.string(),
    lane: Lane,
    executionId: z.string(),
    requestId: z.string(),
    campaignId: z.string(),
    campaignVersionId: z.string(),
    channel: Channel,
    acceptedAt: Instant,
    expiresAt: Instant,
    /** Empty where an audience is given. */
    recipients: z.array(AcceptedRecipient),
    /** The members of an audience in place of named recipients; lane `bulk`. */
    audience: z
      .object({
        audienceId: z.string(),
        /** The one namespace whose identities are sent to. */
        identityType: z.string(),
        /** The call has a context for all: kept by ingest-api, in its view `shared_context`. */
        sharedContext: z.boolean(),
      })
      .optional(),
  }),
  example: {
    tenantId: recipientExample.tenantId,
    lane: 'transactional',
    executionId: recipientExample.executionId,
    requestId: recipientExample.requestId,
    campaignId: recipientExample.campaignId,
    campaignVersionId: recipientExample.campaignVersionId,
    channel: 'email',
    acceptedAt: recipientExample.acceptedAt,
    expiresAt: recipientExample.expiresAt,
    recipients: [
      {
        messageId: recipientExample.messageId,
        recipientKey: recipientExample.recipientKey,
        namespace: 'email',
        userId: 'Ada@shop.test',
        identity: 'ada@shop.test',
        context: { order: 4711 },
        unknownProfiles: 'refuse',
      },
    ],
  },
});
export type ExecutionAccepted = PayloadOf<typeof ExecutionAccepted>;
