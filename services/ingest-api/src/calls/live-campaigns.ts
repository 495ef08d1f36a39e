import { Inject, Injectable } from '@nestjs/common';
import type { CampaignState, CampaignVersion, Throughput } from '@postrider/contracts';
import { compileContextSchema, type ContextCheck } from '@postrider/content';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, type Clock } from '@postrider/runtime';
import { CallRefused } from './calls.errors.js';

/** A campaign that takes calls now, with what belongs to its live version compiled once. */
export interface LiveCampaign {
  campaign: CampaignState;
  version: CampaignVersion;
  checkContext: ContextCheck;
  /** How national phone numbers are read in its sandbox. */
  region: string;
}

/** What a call may ask of a campaign: named recipients at a throughput, or an audience. */
export type Entry = Throughput | 'audience';

const ENDPOINTS: Readonly<Record<Entry, string>> = {
  standard: 'POST /im/executions/unitary', high: 'POST /im/executions/highthroughput', audience: 'POST /im/executions/audience',
};
const DEFAULT_REGION = 'US';

@Injectable()
export class LiveCampaigns {
  private readonly checks = new Map<string, ContextCheck>();

  constructor(
    private readonly configurations: ConfigurationTable,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CallRefused when the tenant has no such campaign, or it does not take calls of this kind at that time, by default now */
  find(tenantId: string, campaignId: string, entry: Entry, at = this.clock.now()): LiveCampaign {
    const campaign = this.configurations.get('campaign', campaignId);
    // Another tenant's campaign looks exactly like one that does not exist.
    if (!campaign || campaign.tenantId !== tenantId) throw new CallRefused('CAMPAIGN_NOT_FOUND', 'There is no such campaign in this sandbox.');
    checkState(campaign, at.getTime());
    const right = campaign.campaignKind === 'marketing' ? 'audience' : campaign.throughput;
    if (right !== entry) {
      const endpoint = ENDPOINTS[right];
      throw new CallRefused('CAMPAIGN_TYPE_MISMATCH', `This campaign takes calls at ${endpoint}.`, { context: { endpoint } });
    }
    const version = campaign.liveVersionId === null ? undefined : this.configurations.get('campaign-version', campaign.liveVersionId);
    if (!version) throw new CallRefused('CAMPAIGN_NOT_LIVE', 'The campaign has no activated version.');
    return { campaign, version, checkContext: this.checkOf(version), region: this.regionOf(tenantId) };
  }

  /** How national phone numbers are read in a sandbox. */
  regionOf(tenantId: string): string {
    return this.configurations.get('sandbox', tenantId)?.defaultRegion ?? DEFAULT_REGION;
  }

  private checkOf(version: CampaignVersion): ContextCheck {
    const known = this.checks.get(version.id);
    if (known) return known;
    const check = compileContextSchema(version.contextSchema);
    this.checks.set(version.id, check);
    return check;
  }
}

function checkState({ status, startAt, endAt }: CampaignState, now: number): void {
  if (status === 'Stopped') throw new CallRefused('CAMPAIGN_STOPPED', 'The campaign was stopped.');
  if (status === 'Completed' || (endAt !== null && now >= Date.parse(endAt))) throw new CallRefused('CAMPAIGN_ENDED', 'The campaign has ended.');
  if (status !== 'Live' && status !== 'Scheduled') throw new CallRefused('CAMPAIGN_NOT_LIVE', `The campaign is ${status.toLowerCase()}: activate it first.`);
  if (startAt !== null && now < Date.parse(startAt)) throw new CallRefused('CAMPAIGN_NOT_STARTED', `The campaign starts at ${startAt}.`);
}
