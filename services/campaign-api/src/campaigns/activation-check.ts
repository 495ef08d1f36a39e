import type { Fault, Shield } from '@postrider/contracts';
import { compileContextSchema, compileEmail, variablesOf } from '@postrider/content';
import { AppError } from '@postrider/runtime';
import { useFaults } from '../audiences/audience-use.js';
import type { AudienceRow } from '../audiences/audience.entity.js';
import type { ChannelConfigurationRow } from '../channel-configurations/channel-configuration.entity.js';
import type { CampaignVersionRow } from './campaign-version.entity.js';
import type { CampaignRow } from './campaign.entity.js';
import { kindFaults } from './kind-faults.js';
import { schemaDescribes } from './schema-paths.js';

/** What a version refers to, as it is now. */
export interface Surroundings {
  campaign: CampaignRow;
  channelConfiguration: ChannelConfigurationRow | undefined;
  hasNamespace: boolean;
  audience: AudienceRow | undefined;
  /** Of the organization. */
  shields: readonly Shield[];
  now: Date;
}

/** Everything that keeps a version from being activated; empty when nothing does. */
export function activationFaults(version: CampaignVersionRow, surroundings: Surroundings): Fault[] {
  return [
    ...kindFaults(surroundings.campaign.kind, version),
    ...channelFaults(version, surroundings),
    ...audienceFaults(version, surroundings),
    ...identityFaults(surroundings),
    ...scheduleFaults(version, surroundings),
    ...contentFaults(version),
  ];
}

const fault = (path: string, code: string, message: string): Fault => ({ path, code, message });

function channelFaults({ channelConfigurationId, channel }: CampaignVersionRow, { campaign, channelConfiguration }: Surroundings): Fault[] {
  const path = '/channelConfigurationId';
  if (channelConfigurationId === null) return [fault(path, 'REQUIRED', 'Choose a channel configuration.')];
  if (!channelConfiguration) return [fault(path, 'UNKNOWN', 'There is no such channel configuration.')];
  if (channelConfiguration.channel !== channel) return [fault(path, 'CHANNEL_MISMATCH', 'The channel configuration is for another channel.')];
  if (channelConfiguration.category !== campaign.kind) return [fault(path, 'CATEGORY_MISMATCH', 'The channel configuration is for campaigns of another kind.')];
  return [];
}

function audienceFaults({ audienceId }: CampaignVersionRow, { campaign, audience, shields }: Surroundings): Fault[] {
  if (campaign.kind !== 'marketing') return [];
  const path = '/audience/audienceId';
  return audienceId === null ? [fault(path, 'REQUIRED', 'Choose an audience.')] : useFaults(audience, shields, path);
}

function identityFaults({ hasNamespace }: Surroundings): Fault[] {
  return hasNamespace ? [] : [fault('/audience/identityType', 'UNKNOWN', 'There is no namespace with this symbol.')];
}

function scheduleFaults({ startAt, endAt }: CampaignVersionRow, { campaign, now }: Surroundings): Fault[] {
  return [
    ...(endAt && endAt <= now ? [fault('/schedule/endAt', 'IN_THE_PAST', 'The end must be in the future.')] : []),
    ...(startAt && endAt && startAt >= endAt ? [fault('/schedule/endAt', 'BEFORE_START', 'The end must be after the start.')] : []),
    ...(startAt && startAt > now && campaign.status === 'Live' ? [fault('/schedule/startAt', 'ALREADY_LIVE', 'The campaign is live: its start cannot be put off.')] : []),
  ];
}

function contentFaults({ content, contextSchema }: CampaignVersionRow): Fault[] {
  const faults = faultsIn(() => compileEmail(content), '/content');
  return faults.length > 0 ? faults : contextFaults(variablesOf(content).context, contextSchema);
}

/** Without a schema of its own, the version gets one that its variables are in. */
function contextFaults(variables: readonly string[], schema: CampaignVersionRow['contextSchema']): Fault[] {
  if (schema === null) return [];
  const unusable = faultsIn(() => compileContextSchema(schema), '/contextSchema');
  if (unusable.length > 0) return unusable;
  return variables
    .filter((variable) => !schemaDescribes(schema, variable))
    .map((variable) => fault('/content', 'UNKNOWN_VARIABLE', `The context schema does not describe context.${variable}.`));
}

/** The faults that an action throws, put below a path of the body; whatever else it throws is ours. */
function faultsIn(action: () => unknown, under: string): Fault[] {
  try {
    action();
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'invalid') throw error;
    if (!error.faults?.length) return [fault(under, error.code, error.detail)];
    return error.faults.map((one) => ({ ...one, path: one.path.startsWith(under) ? one.path : `${under}${one.path}` }));
  }
}
