/**
 * Guarantee: a pure function of the run and its members: the messageId follows from execution and profile, so a page that is
 * published again repeats itself, and one person with several identities has one message.
 */
import type { AudienceRecipientExcluded, RecipientResolved, UnknownProfiles } from '@postrider/contracts';
import { messageIdOf, recipientKeyOf } from '@postrider/identity';
import type { AcceptedRun } from './accepted-run.js';
import type { RunMember } from './member-pages.js';

export interface RunRecipients {
  resolved: RecipientResolved[];
  excluded: AudienceRecipientExcluded[];
}

/** The namespace that a member without the identity of the run is named in: by the id of its profile. */
export const PROFILE_NAMESPACE = 'profile';

/** What members come to, in their order. */
export function recipientsOf(run: AcceptedRun, unknownProfiles: UnknownProfiles, members: readonly RunMember[]): RunRecipients {
  const recipients: RunRecipients = { resolved: [], excluded: [] };
  for (const member of members) {
    if (member.identity === null) recipients.excluded.push(withoutIdentityOf(run, member.profileId));
    else recipients.resolved.push(resolvedOf(run, unknownProfiles, member, member.identity));
  }
  return recipients;
}

function resolvedOf(run: AcceptedRun, unknownProfiles: UnknownProfiles, { profileId, attributes }: RunMember, identity: string): RecipientResolved {
  return {
    ...fieldsOf(run, profileId, run.audience.identityType, identity),
    identity,
    ...(attributes && { profile: attributes }),
    ...(run.audience.sharedContext && { sharedContext: true }),
    unknownProfiles,
  };
}

function withoutIdentityOf(run: AcceptedRun, profileId: string): AudienceRecipientExcluded {
  return {
    ...fieldsOf(run, profileId, PROFILE_NAMESPACE, profileId),
    code: 'MISSING_IDENTITY',
    reason: `The profile has no identity in the namespace ${run.audience.identityType}.`,
  };
}

function fieldsOf(run: AcceptedRun, profileId: string, namespace: string, userId: string) {
  return {
    tenantId: run.tenantId,
    lane: run.lane,
    executionId: run.executionId,
    requestId: run.requestId,
    campaignId: run.campaignId,
    campaignVersionId: run.campaignVersionId,
    messageId: messageIdOf(run.executionId, `profile:${profileId}`, run.channel),
    recipientKey: recipientKeyOf(run.tenantId, namespace, userId),
    channel: run.channel,
    namespace,
    userId,
    acceptedAt: run.acceptedAt,
    expiresAt: run.expiresAt,
  };
}
