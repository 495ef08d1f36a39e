import { z } from 'zod';
import { ExecutionTotals, MessageState } from '../../message-state.js';
import { Instant } from '../../words.js';
import { RecipientStatus } from '../internal.js';
import { pageQuery } from './fields.js';

/** Filters hold together; `state` and `userId` look for a message of the execution. */
export const ExecutionQuery = z.strictObject({
  ...pageQuery,
  requestId: z.string().min(1).max(256).optional(),
  campaignId: z.string().min(1).max(64).optional(),
  userId: z.string().min(1).max(512).optional(),
  state: MessageState.optional(),
});
export type ExecutionQuery = z.infer<typeof ExecutionQuery>;

export const RecipientQuery = z.strictObject({ ...pageQuery, state: MessageState.optional() });
export type RecipientQuery = z.infer<typeof RecipientQuery>;

/** One accepted call; I0 holds for its totals. */
export const ExecutionInfo = z
  .object({
    executionId: z.string(),
    requestId: z.string(),
    campaignId: z.string(),
    status: z.string(),
    totals: ExecutionTotals,
    createdAt: Instant,
    createdBy: z.string(),
    completedAt: Instant.nullable(),
  })
  .meta({ id: 'Execution' });
export type ExecutionInfo = z.infer<typeof ExecutionInfo>;

export const RecipientInfo = RecipientStatus.meta({ id: 'Recipient' });
