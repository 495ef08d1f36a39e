import { z } from 'zod';
import { Channel, Instant } from '../../words.js';
import { Name, lineOf } from './fields.js';

/** RFC 9110 token. */
const HeaderName = z.string().max(100).regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a header name');

const fields = {
  name: Name,
  channels: z.array(Channel).min(1),
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  authentication: z.strictObject({ type: z.literal('none') }),
  /** Sent with every call; stored sealed, and answered by name only. */
  headers: z.record(HeaderName, lineOf(4_000)).refine((headers) => Object.keys(headers).length <= 20, 'has more than 20 headers'),
  enabled: z.boolean(),
};

export const FeedbackWebhookInput = z
  .strictObject({
    ...fields,
    channels: fields.channels.default(['email']),
    authentication: fields.authentication.default({ type: 'none' }),
    headers: fields.headers.default({}),
    enabled: fields.enabled.default(true),
  })
  .meta({ id: 'FeedbackWebhookInput' });
export type FeedbackWebhookInput = z.infer<typeof FeedbackWebhookInput>;

/** A field that is given replaces the stored one as a whole. */
export const FeedbackWebhookPatch = z.strictObject(fields).partial().meta({ id: 'FeedbackWebhookPatch' });
export type FeedbackWebhookPatch = z.infer<typeof FeedbackWebhookPatch>;

export const FeedbackWebhook = z
  .object({
    id: z.string(),
    name: z.string(),
    channels: z.array(Channel),
    url: z.string(),
    authentication: z.object({ type: z.literal('none') }),
    headerNames: z.array(z.string()),
    enabled: z.boolean(),
    /** How many secrets sign: two during a rotation. */
    secrets: z.int().positive(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'FeedbackWebhook' });
export type FeedbackWebhook = z.infer<typeof FeedbackWebhook>;

/** The secret is in this answer and in no other. */
export const CreatedFeedbackWebhook = FeedbackWebhook.extend({ secret: z.string() }).meta({ id: 'CreatedFeedbackWebhook' });
export type CreatedFeedbackWebhook = z.infer<typeof CreatedFeedbackWebhook>;
