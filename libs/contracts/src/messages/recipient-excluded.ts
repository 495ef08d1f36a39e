import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.js';
import { ExclusionCode } from '../exclusion-code.js';
import { recipientExample, recipientFields } from './recipient-fields.js';

const payload = z.object({ ...recipientFields, code: ExclusionCode, reason: z.string() });

export type RecipientExcluded = z.infer<typeof payload>;

/** A recipient that gets nothing because of what the execution says of it. Producer: audience-resolver. */
export const AudienceRecipientExcluded = defineMessage({
  topic: 'audience.recipient-excluded.v1',
  key: (m) => m.recipientKey,
  id: (m) => `${m.messageId}/excluded`,
  payload,
  example: { ...recipientExample, code: 'DUPLICATE', reason: 'Another recipient of this execution has the same identity.' },
});
export type AudienceRecipientExcluded = PayloadOf<typeof AudienceRecipientExcluded>;

/** A recipient that gets nothing because of what is, or is not, in its profile. Producer: profile-creator. */
export const ProfileRecipientExcluded = defineMessage({
  topic: 'profile.recipient-excluded.v1',
  key: (m) => m.recipientKey,
  id: (m) => `${m.messageId}/excluded`,
  payload,
  example: { ...recipientExample, code: 'NO_ADDRESS', reason: 'Neither the call nor the profile has an e-mail address.' },
});
export type ProfileRecipientExcluded = PayloadOf<typeof ProfileRecipientExcluded>;
