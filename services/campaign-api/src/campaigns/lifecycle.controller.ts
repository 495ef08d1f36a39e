import { Controller, Inject } from '@nestjs/common';
import type { CampaignCurl, CampaignValidation, Preview } from '@postrider/contracts';
import type { Answered } from '../edge/answered.js';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { shownVersion } from './campaign-answers.js';
import {
  ACTIVATE_CAMPAIGN, ARCHIVE_CAMPAIGN, CAMPAIGN_CURL, DUPLICATE_CAMPAIGN, PREVIEW_CAMPAIGN, STOP_CAMPAIGN, VALIDATE_CAMPAIGN,
} from './campaign-operations.js';
import { CampaignStore } from './campaign-store.js';
import { executionCurl } from './execution-curl.js';
import { LifecycleService } from './lifecycle.service.js';
import { PreviewService } from './preview.service.js';

/** Where callers reach the execution API. */
export const INGEST_URL = Symbol('IngestUrl');

@Controller()
export class LifecycleController {
  constructor(
    private readonly lifecycle: LifecycleService,
    private readonly previews: PreviewService,
    private readonly store: CampaignStore,
    @Inject(INGEST_URL) private readonly ingestUrl: string,
  ) {}

  @Handles(VALIDATE_CAMPAIGN)
  validate(@Input(VALIDATE_CAMPAIGN) { principal, params }: Call<typeof VALIDATE_CAMPAIGN>): Promise<CampaignValidation> {
    return this.lifecycle.validate(principal.tenantId, params.id);
  }

  @Handles(ACTIVATE_CAMPAIGN)
  activate(@Input(ACTIVATE_CAMPAIGN) { principal, params }: Call<typeof ACTIVATE_CAMPAIGN>): Promise<Answered> {
    return this.lifecycle.activate(principal.tenantId, params.id);
  }

  @Handles(STOP_CAMPAIGN)
  stop(@Input(STOP_CAMPAIGN) { principal, params }: Call<typeof STOP_CAMPAIGN>): Promise<Answered> {
    return this.lifecycle.stop(principal.tenantId, params.id);
  }

  @Handles(ARCHIVE_CAMPAIGN)
  archive(@Input(ARCHIVE_CAMPAIGN) { principal, params }: Call<typeof ARCHIVE_CAMPAIGN>): Promise<Answered> {
    return this.lifecycle.archive(principal.tenantId, params.id);
  }

  @Handles(DUPLICATE_CAMPAIGN)
  duplicate(@Input(DUPLICATE_CAMPAIGN) { principal, params }: Call<typeof DUPLICATE_CAMPAIGN>): Promise<Answered> {
    return this.lifecycle.duplicate(principal, params.id);
  }

  @Handles(PREVIEW_CAMPAIGN)
  preview(@Input(PREVIEW_CAMPAIGN) { principal, params, body }: Call<typeof PREVIEW_CAMPAIGN>): Promise<Preview> {
    return this.previews.render(principal.tenantId, params.id, body);
  }

  @Handles(CAMPAIGN_CURL)
  async curl(@Input(CAMPAIGN_CURL) { principal, params }: Call<typeof CAMPAIGN_CURL>): Promise<CampaignCurl> {
    const found = await this.store.get(principal.tenantId, params.id);
    return executionCurl(found.campaign.kind, shownVersion(found), principal, this.ingestUrl);
  }
}
