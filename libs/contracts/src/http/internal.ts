import { z } from 'zod';
import { DeliveryFailure } from '../messages/status-changed.js';
import { MessageState } from '../message-state.js';
import { Instant } from '../words.js';
import { ProfileInput } from './admin/profiles.js';

/** `POST /internal/executions/{executionId}/cancel` of the dispatcher. */
export const CancelExecution = z.object({
  tenantId: z.string(),
  /** Recipients that the execution targets, also those the ledger has not met yet. */
  targeted: z.int().nonnegative(),
});
export type CancelExecution = z.infer<typeof CancelExecution>;

export const CancelledExecution = z.object({
  cancelled: z.int().nonnegative(),
  /** Already sent, or in the hands of a provider. */
  gone: z.int().nonnegative(),
});
export type CancelledExecution = z.infer<typeof CancelledExecution>;

/** One step of a message's life. */
export const TimelineEntry = z.object({ state: MessageState, at: Instant });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** A recipient of an execution as the view `delivery.message_status` shows it. */
export const RecipientStatus = z.object({
  userId: z.string(),
  namespace: z.string(),
  messageId: z.string(),
  state: MessageState,
  code: z.string().nullable(),
  reason: z.string().nullable(),
  failure: DeliveryFailure.nullable(),
  attempts: z.int().nonnegative(),
  timeline: z.array(TimelineEntry),
});
export type RecipientStatus = z.infer<typeof RecipientStatus>;

/**
 * `PUT /internal/profiles` of profile-creator; answers the profile, with 201 when it is new.
 * `POST /internal/profiles/bulk?tenantId=` takes lines of `ProfileInput` and answers `BulkProfiles`.
 */
export const UpsertProfile = ProfileInput.extend({ tenantId: z.string() });
export type UpsertProfile = z.infer<typeof UpsertProfile>;

/**
 * `POST /internal/profiles/identities` of profile-creator: the profile of each identity, made where nobody has it.
 * A body has up to 1 MiB, as everywhere.
 */
export const ProfilesOfIdentities = z.strictObject({
  tenantId: z.string().min(1),
  namespace: z.string().min(1).max(64),
  values: z.array(z.string()).min(1).max(5_000),
});
export type ProfilesOfIdentities = z.infer<typeof ProfilesOfIdentities>;

export const IdentifiedProfiles = z.object({
  /** At the places of the values. */
  profileIds: z.array(z.string()),
  /** How many of them this call made. */
  created: z.int().nonnegative(),
});
export type IdentifiedProfiles = z.infer<typeof IdentifiedProfiles>;
