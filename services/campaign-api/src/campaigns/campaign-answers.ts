import type { Campaign, CampaignVersionInfo } from '@postrider/contracts';
import { Answered } from '../edge/answered.js';
import type { CampaignVersionRow } from './campaign-version.entity.js';
import type { CampaignRow } from './campaign.entity.js';

/** A campaign and the versions that matter of it. */
export interface CampaignWithVersions {
  campaign: CampaignRow;
  live: CampaignVersionRow | undefined;
  draft: CampaignVersionRow | undefined;
}

/** The version that is shown and edited. */
export function shownVersion({ draft, live }: CampaignWithVersions): CampaignVersionRow {
  const shown = draft ?? live;
  if (!shown) throw new Error('A campaign has neither a draft nor an activated version.');
  return shown;
}

export function campaignOf(found: CampaignWithVersions): Campaign {
  const { campaign, live, draft } = found;
  return {
    id: campaign.id,
    name: campaign.name,
    description: campaign.description,
    tags: campaign.tags,
    kind: campaign.kind,
    status: campaign.status,
    liveVersion: live?.version ?? null,
    draftVersion: draft?.version ?? null,
    ...fieldsOf(shownVersion(found)),
    createdAt: campaign.createdAt.toISOString(),
    createdBy: campaign.createdBy,
    updatedAt: campaign.updatedAt.toISOString(),
  };
}

export const answerOf = (found: CampaignWithVersions): Answered => new Answered(campaignOf(found), { revision: found.campaign.revision });

export function versionInfoOf(row: CampaignVersionRow, campaign: CampaignRow): CampaignVersionInfo {
  const activatedState = row.id === campaign.liveVersionId ? 'live' : 'replaced';
  return { id: row.id, state: row.activatedAt ? activatedState : 'draft', activatedAt: row.activatedAt?.toISOString() ?? null, ...fieldsOf(row) };
}

function fieldsOf(row: CampaignVersionRow): Omit<CampaignVersionInfo, 'id' | 'state' | 'activatedAt'> {
  return {
    version: row.version,
    throughput: row.throughput,
    channel: row.channel,
    channelConfigurationId: row.channelConfigurationId,
    content: row.content,
    audience: { audienceId: row.audienceId, identityType: row.identityType, unknownProfiles: row.unknownProfiles, enableWebhooks: row.enableWebhooks },
    schedule: { startAt: row.startAt?.toISOString() ?? null, endAt: row.endAt?.toISOString() ?? null, timeZone: row.timeZone },
    sendRatePerSecond: row.sendRatePerSecond,
    unknownOutcome: row.unknownOutcome,
    messageLifetimeSeconds: row.messageLifetimeSeconds,
    contextSchema: row.contextSchema,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
  };
}
