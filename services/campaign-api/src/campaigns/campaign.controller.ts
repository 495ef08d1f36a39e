import { Controller } from '@nestjs/common';
import type { Campaign, CampaignVersionInfo, Page } from '@postrider/contracts';
import type { Answered } from '../edge/answered.js';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { CREATE_CAMPAIGN, DELETE_CAMPAIGN, EDIT_CAMPAIGN, GET_CAMPAIGN, GET_VERSION, LIST_CAMPAIGNS, LIST_VERSIONS } from './campaign-operations.js';
import { CampaignService } from './campaign.service.js';

@Controller()
export class CampaignController {
  constructor(private readonly campaigns: CampaignService) {}

  @Handles(LIST_CAMPAIGNS)
  list(@Input(LIST_CAMPAIGNS) { principal, query }: Call<typeof LIST_CAMPAIGNS>): Promise<Page<Campaign>> {
    return this.campaigns.list(principal.tenantId, query);
  }

  @Handles(CREATE_CAMPAIGN)
  create(@Input(CREATE_CAMPAIGN) { principal, body }: Call<typeof CREATE_CAMPAIGN>): Promise<Answered> {
    return this.campaigns.create(principal, body);
  }

  @Handles(GET_CAMPAIGN)
  get(@Input(GET_CAMPAIGN) { principal, params }: Call<typeof GET_CAMPAIGN>): Promise<Answered> {
    return this.campaigns.get(principal.tenantId, params.id);
  }

  @Handles(EDIT_CAMPAIGN)
  edit(@Input(EDIT_CAMPAIGN) { principal, params, body, revision }: Call<typeof EDIT_CAMPAIGN>): Promise<Answered> {
    return this.campaigns.edit(principal, params.id, body, revision);
  }

  @Handles(DELETE_CAMPAIGN)
  remove(@Input(DELETE_CAMPAIGN) { principal, params }: Call<typeof DELETE_CAMPAIGN>): Promise<void> {
    return this.campaigns.remove(principal.tenantId, params.id);
  }

  @Handles(LIST_VERSIONS)
  versions(@Input(LIST_VERSIONS) { principal, params, query }: Call<typeof LIST_VERSIONS>): Promise<Page<CampaignVersionInfo>> {
    return this.campaigns.versions(principal.tenantId, params.id, query);
  }

  @Handles(GET_VERSION)
  version(@Input(GET_VERSION) { principal, params }: Call<typeof GET_VERSION>): Promise<CampaignVersionInfo> {
    return this.campaigns.version(principal.tenantId, params.id, params.version);
  }
}
