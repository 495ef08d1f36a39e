import type { CampaignState, CampaignVersion } from '@postrider/contracts';
import { inferContextSchema } from '@postrider/content';
import type { CampaignVersionRow } from './campaign-version.entity.js';
import type { CampaignRow } from './campaign.entity.js';
import { endOf } from './status-transitions.js';

/** What the other services need to know of a campaign's state. */
export function configurationOfCampaign(row: CampaignRow): CampaignState {
  return {
    kind: 'campaign',
    id: row.id,
    tenantId: row.tenantId,
    name: row.name,
    campaignKind: row.kind,
    throughput: row.throughput,
    status: row.status,
    liveVersionId: row.liveVersionId,
    startAt: row.startAt?.toISOString() ?? null,
    endAt: endOf(row)?.toISOString() ?? null,
  };
}

/** What the other services need to send by a version; only for one that passed the checks of its activation. */
export function configurationOfVersion(row: CampaignVersionRow): CampaignVersion {
  return {
    kind: 'campaign-version',
    id: row.id,
    tenantId: row.tenantId,
    campaignId: row.campaignId,
    version: row.version,
    channel: row.channel,
    channelConfigurationId: row.channelConfigurationId ?? '',
    content: row.content,
    identityType: row.identityType,
    unknownProfiles: row.unknownProfiles,
    audienceId: row.audienceId,
    sendRatePerSecond: row.sendRatePerSecond,
    enableWebhooks: row.enableWebhooks,
    unknownOutcome: row.unknownOutcome,
    messageLifetimeSeconds: row.messageLifetimeSeconds,
    contextSchema: row.contextSchema ?? inferContextSchema(row.content),
  };
}
