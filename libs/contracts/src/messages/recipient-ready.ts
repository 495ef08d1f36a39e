import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.js';
import { LANES } from '../lane.js';
import { Consents, Instant, JsonObject } from '../words.js';
import { recipientExample, recipientFields } from './recipient-fields.js';

/**
 * One recipient with everything that its message needs. Producer: profile-creator,
 * or ingest-api for high-throughput executions (then without a profile).
 */
export const RecipientReady = defineMessage({
  topic: 'profile.recipient-ready.v1',
  lanes: LANES,
  key: (m) => m.recipientKey,
  id: (m) => `${m.messageId}/ready`,
  payload: z.object({
    ...recipientFields,
    readyAt: Instant,
    /** Where the message goes: well formed, already chosen among call, profile and identity. */
    address: z.string(),
    profileId: z.string().nullable(),
    /** The profile's attributes with the call's overrides merged in: `{{profile.*}}`. */
    attributes: JsonObject,
    consents: Consents,
    context: JsonObject,
    /** The execution's one context takes the place of `context`: the view `ingest.shared_context` has it. */
    sharedContext: z.boolean().optional(),
  }),
  example: {
    ...recipientExample,
    readyAt: '2026-01-01T00:00:00.050Z',
    address: 'ada@shop.test',
    profileId: '0198f5a2-0000-7000-8000-000000000003',
    attributes: { firstName: 'Ada' },
    consents: { email: 'y' },
    context: { order: 4711 },
  },
});
export type RecipientReady = PayloadOf<typeof RecipientReady>;
