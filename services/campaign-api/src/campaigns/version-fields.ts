import type { CampaignInput, CampaignPatch } from '@postrider/contracts';
import type { CampaignVersionRow } from './campaign-version.entity.js';

type VersionFields = Omit<CampaignVersionRow, 'id' | 'tenantId' | 'campaignId' | 'version' | 'createdAt' | 'createdBy' | 'activatedAt'>;

export function fieldsOfInput(input: CampaignInput): VersionFields {
  const { content, audience, schedule, ...rest } = input;
  return {
    throughput: rest.throughput,
    channel: rest.channel,
    channelConfigurationId: rest.channelConfigurationId,
    content,
    ...audienceFields(audience),
    unknownOutcome: rest.unknownOutcome,
    messageLifetimeSeconds: rest.messageLifetimeSeconds,
    sendRatePerSecond: rest.sendRatePerSecond,
    contextSchema: rest.contextSchema,
    ...scheduleFields(schedule),
  };
}

/** The version's fields that a patch names; a field that is given replaces the stored one as a whole. */
export function fieldsOfPatch(patch: CampaignPatch): Partial<VersionFields> {
  const { content, audience, schedule, throughput, channelConfigurationId, unknownOutcome, messageLifetimeSeconds, sendRatePerSecond, contextSchema } = patch;
  const plain = { content, throughput, channelConfigurationId, unknownOutcome, messageLifetimeSeconds, sendRatePerSecond, contextSchema };
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  return { ...given, ...(audience && audienceFields(audience)), ...(schedule && scheduleFields(schedule)) };
}

type AudienceFields = Pick<VersionFields, 'audienceId' | 'identityType' | 'unknownProfiles' | 'enableWebhooks'>;

function audienceFields({ audienceId, identityType, unknownProfiles, enableWebhooks }: CampaignInput['audience']): AudienceFields {
  return { audienceId, identityType, unknownProfiles, enableWebhooks };
}

function scheduleFields({ startAt, endAt, timeZone }: CampaignInput['schedule']): Pick<VersionFields, 'startAt' | 'endAt' | 'timeZone'> {
  return { startAt: startAt === null ? null : new Date(startAt), endAt: endAt === null ? null : new Date(endAt), timeZone };
}
