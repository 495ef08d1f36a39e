import { Controller } from '@nestjs/common';
import { AudienceRecipientExcluded, ProfileRecipientExcluded } from '@postrider/contracts';
import { Consumes } from '@postrider/kafka';
import type { Batch } from '@postrider/kafka';
import { ExclusionService } from './exclusion.service.js';

@Controller()
export class RecipientExcludedHandler {
  constructor(private readonly exclusions: ExclusionService) {}

  @Consumes(AudienceRecipientExcluded)
  async handleAudience(batch: Batch<AudienceRecipientExcluded>): Promise<void> {
    await this.exclusions.exclude(batch.messages);
  }

  @Consumes(ProfileRecipientExcluded)
  async handleProfile(batch: Batch<ProfileRecipientExcluded>): Promise<void> {
    await this.exclusions.exclude(batch.messages);
  }
}
