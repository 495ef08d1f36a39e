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
  /** When to carry the call out; without it, at once. */
  executeAt: Instant.optional(),
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

/** The body of `POST /im/executions/audience`. */
export const AudienceCall = z.object({
  campaignId: z.string(),
  /** Without one, every call is another execution. */
  requestId: z.string().min(1).max(256).optional(),
  /** By default the campaign's. */
  audience: z.object({ id: z.string() }).optional(),
  /** One for all recipients. */
  context: JsonObject.optional(),
  schedule: z.object({ executeAt: Instant }).optional(),
  expiresAt: Instant.optional(),
});
export type AudienceCall = z.infer<typeof AudienceCall>;

export const AcceptedAudienceCall = AcceptedCall.omit({ recipients: true });
export type AcceptedAudienceCall = z.infer<typeof AcceptedAudienceCall>;

/** `GET /im/executions/audience/{executionId}`; the first six fields are Adobe's. */
export const AudienceExecutionAnswer = z.object({
  executionId: z.string(),
  campaignId: z.string(),
  audienceId: z.string(),
  status: z.enum(['InProgress', 'Succeeded', 'Failed']),
  targetedProfileCount: z.int().nonnegative(),
  createdAt: Instant,
  /** How far the audience has been turned into recipients, and whether it is held. */
  run: z.object({ state: z.string(), resolved: z.int(), missingIdentity: z.int() }).nullable(),
  totals: ExecutionTotals,
});
export type AudienceExecutionAnswer = z.infer<typeof AudienceExecutionAnswer>;

/** The 202 of a call with a time to come. */
export const ScheduledCall = z.object({
  scheduleId: z.string(),
  requestId: z.string(),
  campaignId: z.string(),
  executeAt: Instant,
  createdAt: Instant,
  createdBy: z.string(),
});
export type ScheduledCall = z.infer<typeof ScheduledCall>;

/** `GET /im/executions/schedules/{scheduleId}`, and items of the list at `/im/executions/schedules`. */
export const ScheduleAnswer = z.object({
  scheduleId: z.string(),
  kind: z.enum(['unitary', 'highthroughput', 'audience']),
  requestId: z.string(),
  audience: z.object({ id: z.string() }).nullable(),
  campaignId: z.string(),
  executeAt: Instant,
  /** `Missed`: it was late by more than the installation allows, and was not carried out. */
  scheduleStatus: z.enum(['Scheduled', 'Triggered', 'Missed', 'Refused']),
  /** The execution, or why there is none. */
  executionDetails: z.union([
    z.object({ executionId: z.string(), triggeredAt: Instant }),
    z.object({ code: z.string(), detail: z.string(), triggeredAt: Instant }),
    z.object({}),
  ]),
  createdAt: Instant,
  createdBy: z.string(),
});
export type ScheduleAnswer = z.infer<typeof ScheduleAnswer>;

/** What a dry run of an audience answers: counts, and what the first recipients would get. */
export const AudienceDryRun = z.object({
  dryRun: z.literal(true),
  campaignId: z.string(),
  audienceId: z.string(),
  targetedProfileCount: z.int().nonnegative(),
  excluded: z.record(z.string(), z.int()),
  recipients: DryRunAnswer.shape.recipients,
});
export type AudienceDryRun = z.infer<typeof AudienceDryRun>;
