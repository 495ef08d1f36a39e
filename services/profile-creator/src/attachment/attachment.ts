import type { ProfileRecipientExcluded, RecipientReady } from '@postrider/contracts';

/** What a batch of recipients comes to. */
export interface Attachment {
  ready: RecipientReady[];
  excluded: ProfileRecipientExcluded[];
}
