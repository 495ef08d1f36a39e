import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.js';
import { ExecutionTotals } from '../message-state.js';
import { Instant } from '../words.js';
import { recipientExample } from './recipient-fields.js';

/** Nothing of this execution is pending any more. Producer: dispatcher. */
export const ExecutionCompleted = defineMessage({
  topic: 'delivery.execution-completed.v1',
  key: (m) => m.executionId,
  id: (m) => `${m.executionId}/completed`,
  payload: z.object({
    tenantId: z.string(),
    executionId: z.string(),
    requestId: z.string(),
    campaignId: z.string(),
    totals: ExecutionTotals,
    completedAt: Instant,
  }),
  example: {
    tenantId: recipientExample.tenantId,
    executionId: recipientExample.executionId,
    requestId: recipientExample.requestId,
    campaignId: recipientExample.campaignId,
    totals: { targeted: 1, sent: 1, failed: 0, excluded: 0, expired: 0, cancelled: 0, unknown: 0, pending: 0 },
    completedAt: '2026-01-01T00:00:00.120Z',
  },
});
export type ExecutionCompleted = PayloadOf<typeof ExecutionCompleted>;
