import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.js';
import { Lane } from '../lane.js';
import { Instant } from '../words.js';
import { recipientExample } from './recipient-fields.js';

/** How many recipients an execution has, those excluded on the way included. Producer: audience-resolver. */
export const ExecutionResolved = defineMessage({
  topic: 'audience.execution-resolved.v1',
  key: (m) => m.executionId,
  id: (m) => (m.unresolved === undefined ? `${m.executionId}/resolved` : `${m.executionId}/cut-short`),
  payload: z.object({
    tenantId: z.string(),
    lane: Lane,
    executionId: z.string(),
    requestId: z.string(),
    campaignId: z.string(),
    campaignVersionId: z.string(),
    acceptedAt: Instant,
    targeted: z.int().nonnegative(),
    /** Of these, how many never became recipients, because the execution was cancelled or stopped before. */
    unresolved: z.int().nonnegative().optional(),
  }),
  example: {
    tenantId: recipientExample.tenantId,
    lane: 'transactional',
    executionId: recipientExample.executionId,
    requestId: recipientExample.requestId,
    campaignId: recipientExample.campaignId,
    campaignVersionId: recipientExample.campaignVersionId,
    acceptedAt: recipientExample.acceptedAt,
    targeted: 1,
  },
});
export type ExecutionResolved = PayloadOf<typeof ExecutionResolved>;
