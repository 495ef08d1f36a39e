import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.js';
import { LANES } from '../lane.js';
import { recipientExample, recipientFields, recipientInput } from './recipient-fields.js';

/** One recipient of one execution, chosen and not yet sent. Producer: audience-resolver. */
export const RecipientResolved = defineMessage({
  topic: 'audience.recipient-resolved.v1',
  lanes: LANES,
  key: (m) => m.recipientKey,
  id: (m) => `${m.messageId}/resolved`,
  payload: z.object({ ...recipientFields, ...recipientInput }),
  example: {
    ...recipientExample,
    identity: 'ada@shop.test',
    context: { order: 4711 },
    unknownProfiles: 'refuse',
  },
});
export type RecipientResolved = PayloadOf<typeof RecipientResolved>;
