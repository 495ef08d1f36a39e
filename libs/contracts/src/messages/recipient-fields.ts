import { z } from 'zod';
import { Channel, Instant, JsonObject, UnknownProfiles } from '../words.js';
import { Lane } from '../lane.js';

export const ChannelData = z.object({ emailAddress: z.string().optional() });
export type ChannelData = z.infer<typeof ChannelData>;

/** What every message about one recipient of one execution carries. */
export const recipientFields = {
  tenantId: z.string(),
  lane: Lane,
  executionId: z.string(),
  requestId: z.string(),
  campaignId: z.string(),
  campaignVersionId: z.string(),
  messageId: z.string(),
  /** Hash of tenant, namespace and normalised value: one person's key on every topic. */
  recipientKey: z.string(),
  channel: Channel,
  namespace: z.string(),
  /** The identity as the caller wrote it. */
  userId: z.string(),
  acceptedAt: Instant,
  /** A message not handed over by then is `expired`. */
  expiresAt: Instant,
};

/** What the caller said about one recipient, carried until the message is rendered. */
export const recipientInput = {
  /** The identity after normalisation: what is compared and looked up. */
  identity: z.string(),
  channelData: ChannelData.optional(),
  /** Overrides of attributes for this message; never stored. */
  profile: JsonObject.optional(),
  context: JsonObject.optional(),
  /** The execution's one context takes the place of `context`: the view `ingest.shared_context` has it. */
  sharedContext: z.boolean().optional(),
  unknownProfiles: UnknownProfiles,
};

export const recipientExample = {
  tenantId: 'acme/prod',
  lane: 'transactional' as const,
  executionId: 'UMA-0198f5a2-7d7e-5b6e-9d5c-2f1f0a7c9e11',
  requestId: 'order-4711',
  campaignId: '0198f5a2-0000-7000-8000-000000000001',
  campaignVersionId: '0198f5a2-0000-7000-8000-000000000002',
  messageId: '5f2c1c0e-6f0e-5a43-8a3f-0c9f4c2f7d10',
  recipientKey: '9b1f6c7a5f0d4e3c8b2a1d0e9f8c7b6a',
  channel: 'email' as const,
  namespace: 'email',
  userId: 'Ada@shop.test',
  acceptedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-02T00:00:00.000Z',
};
