import { z } from 'zod';
import { ExecutionTotals } from '../message-state.js';
import { Instant, JsonObject } from '../words.js';
import { RecipientStatus } from './internal.js';

/** One recipient of a call. Field names are Adobe's. */
export const CallRecipient = z.object({
  type: z.enum(['aep', 'external']),
  userId: z.string(),
  namespace: z.string(),
  channelData: z
    .object({ emailAddress: z.string().optional(), mobilePhoneNumber: z.string().optional(), pushInfo: JsonObject.optional() })
    .optional(),
  /** Attributes for this message only. */
  profile: JsonObject.optional(),
  context: JsonObject.optional(),
  mergePolicyName: z.string().optional(),
  mergePolicySchema: z.string().optional(),
});
export type CallRecipient = z.infer<typeof CallRecipient>;

/** The body of `POST /im/executions/unitary` and `/highthroughput`. */
export const UnitaryCall = z.object({
  requestId: z.string().min(1).max(256),
  campaignId: z.string(),
  recipients: z.array(CallRecipient).min(1).max(20),
  expiresAt: Instant.optional(),
  failureMode: z.enum(['all', 'partial']).optional(),
});
export type UnitaryCall = z.infer<typeof UnitaryCall>;

export const RecipientResult = z.object({
  index: z.int(),
  userId: z.string(),
  messageId: z.string().nullable(),
  result: z.enum(['accepted', 'rejected']),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type RecipientResult = z.infer<typeof RecipientResult>;

/** The 202. */
export const AcceptedCall = z.object({
  executionId: z.string(),
  requestId: z.string(),
  createdAt: Instant,
  createdBy: z.string(),
  modifiedAt: Instant,
  modifiedBy: z.string(),
  recipients: z.array(RecipientResult),
});
export type AcceptedCall = z.infer<typeof AcceptedCall>;

export const ExecutionStatusAnswer = z.object({
  executionId: z.string(),
  requestId: z.string(),
  campaignId: z.string(),
  status: z.enum(['InProgress', 'Succeeded', 'Failed', 'Abandoned']),
  totals: ExecutionTotals,
  createdAt: Instant,
  createdBy: z.string(),
  expiresAt: Instant,
  completedAt: Instant.nullable(),
});
export type ExecutionStatusAnswer = z.infer<typeof ExecutionStatusAnswer>;

export const RecipientPage = z.object({ items: z.array(RecipientStatus), nextCursor: z.string().nullable() });
export type RecipientPage = z.infer<typeof RecipientPage>;

/** What a dry run answers: the whole decision, and what each recipient would get. */
export const DryRunAnswer = z.object({
  dryRun: z.literal(true),
  executionId: z.string(),
  requestId: z.string(),
  expiresAt: Instant,
  recipients: z.array(
    RecipientResult.extend({
      address: z.string().nullable().optional(),
      sample: z.object({ subject: z.string(), html: z.string(), text: z.string() }).optional(),
    }),
  ),
});
export type DryRunAnswer = z.infer<typeof DryRunAnswer>;
