import { randomUUID } from 'node:crypto';
import { ExecutionResolved, RecipientReady, type CampaignState, type CampaignVersion, type ChannelConfiguration } from '@postrider/contracts';

export const TENANT = 'acme/prod';

export interface Campaign {
  campaign: CampaignState;
  version: CampaignVersion;
  channel: ChannelConfiguration;
}

/** A live e-mail campaign over the SMTP server on this port. */
export function aCampaign(port: number, more: Partial<CampaignVersion> = {}): Campaign {
  const [campaignId, versionId, channelId] = [randomUUID(), randomUUID(), randomUUID()];
  return {
    campaign: {
      kind: 'campaign', id: campaignId, tenantId: TENANT, name: 'orders', campaignKind: 'transactional', throughput: 'standard', status: 'Live',
      liveVersionId: versionId, startAt: null, endAt: null,
    },
    version: {
      kind: 'campaign-version', id: versionId, tenantId: TENANT, campaignId, version: 1, channel: 'email', channelConfigurationId: channelId,
      content: { subject: 'Order {{ context.order }}', html: '<p>Hello {{ profile.firstName }}</p>', text: '', listUnsubscribe: null },
      identityType: 'email', unknownProfiles: 'send', enableWebhooks: true, unknownOutcome: 'never-twice', messageLifetimeSeconds: 86_400, contextSchema: {},
      ...more,
    },
    channel: {
      kind: 'channel-configuration', id: channelId, tenantId: TENANT, name: 'orders', channel: 'email', category: 'transactional',
      email: {
        fromAddress: 'orders@shop.test', fromName: 'Shop', replyTo: null,
        provider: { type: 'smtp', host: '127.0.0.1', port, tls: 'none', username: null, sealedPassword: null, maxConnections: 4, ratePerSecond: null },
      },
    },
  };
}

/** An execution of a campaign, with recipients that are ready. */
export function anExecution({ campaign, version }: Campaign, recipients: number, more: Partial<RecipientReady> = {}): { executionId: string; ready: RecipientReady[]; resolved: ExecutionResolved } {
  const executionId = `UMA-${randomUUID()}`;
  const now = new Date();
  const shared = {
    tenantId: TENANT, executionId, requestId: executionId, campaignId: campaign.id, campaignVersionId: version.id,
    acceptedAt: now.toISOString(), expiresAt: new Date(now.getTime() + 3_600_000).toISOString(),
  };
  const ready = Array.from({ length: recipients }, (_, i): RecipientReady => {
    const address = `r${i}-${executionId.slice(4, 12)}@shop.test`;
    return {
      ...RecipientReady.example, ...shared, messageId: randomUUID(), recipientKey: `key-${executionId}-${i}`, userId: address, address, readyAt: now.toISOString(),
      attributes: { firstName: `Ada ${i}` }, context: { order: i }, ...more,
    };
  });
  return { executionId, ready, resolved: { ...ExecutionResolved.example, ...shared, targeted: recipients } };
}
