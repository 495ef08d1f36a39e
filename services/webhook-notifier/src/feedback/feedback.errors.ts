import { AppError } from '@postrider/runtime';

/** A status came before the version of its campaign that it names; the version is on its way. */
export class CampaignVersionNotSeen extends AppError {
  constructor(campaignVersionId: string) {
    super({
      code: 'CAMPAIGN_VERSION_NOT_SEEN',
      kind: 'transient',
      detail: 'The campaign version of a status is not known here yet.',
      context: { campaignVersionId },
    });
  }
}
