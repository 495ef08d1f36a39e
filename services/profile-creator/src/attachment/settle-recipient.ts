import type { ExclusionCode, JsonObject, ProfileRecipientExcluded, RecipientReady, RecipientResolved } from '@postrider/contracts';
import type { KnownProfile } from '../profiles/known-profiles.js';
import { chooseAddress } from './choose-address.js';
import { mergeAttributes } from './merge-attributes.js';

export interface SettlingContext {
  /** Attributes that the message uses; all of them where undefined. */
  needed: readonly string[] | undefined;
  readyAt: string;
}

/** The profile of an identity that nobody has. */
const NOBODY = { profileId: null, attributes: {}, consents: {}, email: null } as const;

/** Decides about one recipient; `known` is undefined where nobody has the identity. */
export function settleRecipient(
  recipient: RecipientResolved,
  known: KnownProfile | undefined,
  { needed, readyAt }: SettlingContext,
): RecipientReady | ProfileRecipientExcluded {
  if (!known && recipient.unknownProfiles === 'refuse') {
    return excludedOf(recipient, 'PROFILE_UNKNOWN', 'No profile has this identity, and the campaign sends to known ones only.');
  }
  const profile = known ?? NOBODY;
  const choice = chooseAddress({
    channelData: recipient.channelData,
    emailAttribute: emailAttributeOf(recipient, profile.attributes),
    identity: recipient.identity,
    namespace: recipient.namespace,
    profileEmail: profile.email,
  });
  if ('code' in choice) return excludedOf(recipient, choice.code, choice.reason);
  return {
    ...fieldsOf(recipient),
    readyAt,
    address: choice.address,
    profileId: profile.profileId,
    attributes: mergeAttributes(profile.attributes, recipient.profile, needed),
    consents: profile.consents,
    context: recipient.context ?? {},
    ...(recipient.sharedContext && { sharedContext: true }),
  };
}

function emailAttributeOf({ profile: overrides }: RecipientResolved, attributes: JsonObject): unknown {
  return overrides && Object.hasOwn(overrides, 'email') ? overrides['email'] : attributes['email'];
}

function excludedOf(recipient: RecipientResolved, code: ExclusionCode, reason: string): ProfileRecipientExcluded {
  return { ...fieldsOf(recipient), code, reason };
}

function fieldsOf(recipient: RecipientResolved) {
  return {
    tenantId: recipient.tenantId,
    lane: recipient.lane,
    executionId: recipient.executionId,
    requestId: recipient.requestId,
    campaignId: recipient.campaignId,
    campaignVersionId: recipient.campaignVersionId,
    messageId: recipient.messageId,
    recipientKey: recipient.recipientKey,
    channel: recipient.channel,
    namespace: recipient.namespace,
    userId: recipient.userId,
    acceptedAt: recipient.acceptedAt,
    expiresAt: recipient.expiresAt,
  };
}
