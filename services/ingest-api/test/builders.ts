import { randomUUID } from 'node:crypto';
import type { ApiKey, AudienceDefinition, CallRecipient, CampaignState, CampaignVersion, SandboxSettings, UnitaryCall } from '@postrider/contracts';
import { hashToken } from '@postrider/auth';

export const TENANT = 'acme/prod';
export const TOKEN = 'prt_spec';

export const anEmail = (): string => `${randomUUID()}@shop.test`;

export const SANDBOX: SandboxSettings = { kind: 'sandbox', id: TENANT, sandboxId: 'prod', orgId: 'acme', name: 'prod', defaultRegion: 'SE' };

export function anApiKey(overrides: Partial<ApiKey> = {}): ApiKey {
  return {
    kind: 'api-key', id: randomUUID(), name: 'spec', orgId: 'acme', sandboxes: ['prod', 'dev'], scopes: ['execute', 'read'],
    tokenHash: hashToken(TOKEN), ratePerSecond: null, ...overrides,
  };
}

export interface Campaign {
  campaign: CampaignState;
  version: CampaignVersion;
}

/** A live campaign and its version; every call makes another. */
export function aCampaign(campaign: Partial<CampaignState> = {}, version: Partial<CampaignVersion> = {}): Campaign {
  const [id, versionId] = [randomUUID(), randomUUID()];
  return {
    campaign: {
      kind: 'campaign', id, tenantId: TENANT, name: 'Orders', campaignKind: 'transactional', throughput: 'standard', status: 'Live',
      liveVersionId: versionId, startAt: null, endAt: null, ...campaign,
    },
    version: {
      kind: 'campaign-version', id: versionId, tenantId: TENANT, campaignId: id, version: 1, channel: 'email', channelConfigurationId: randomUUID(),
      content: { subject: 'Order {{context.order}}', html: '<p>Hello {{profile.firstName}}</p>', text: '', listUnsubscribe: null },
      identityType: 'email', unknownProfiles: 'send', enableWebhooks: false, unknownOutcome: 'never-twice', messageLifetimeSeconds: 86_400,
      contextSchema: { type: 'object', properties: { order: { type: ['string', 'number'] } } }, ...version,
    },
  };
}

export function aCallRecipient(overrides: Partial<CallRecipient> = {}): CallRecipient {
  return { type: 'external', userId: anEmail(), namespace: 'email', context: { order: 1 }, ...overrides };
}

export function aCall(campaignId: string, overrides: Partial<UnitaryCall> = {}): UnitaryCall {
  return { requestId: randomUUID(), campaignId, recipients: [aCallRecipient()], ...overrides };
}

/** A published segment. */
export function anAudience(overrides: Partial<AudienceDefinition> = {}): AudienceDefinition {
  return {
    kind: 'audience', id: randomUUID(), tenantId: TENANT, name: 'Swedes', source: 'segment', rules: null, composition: null, evaluationSchedule: null,
    published: true, ...overrides,
  };
}
