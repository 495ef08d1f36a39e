import { randomBytes, randomUUID } from 'node:crypto';
import { SECRET_PURPOSE, StatusChanged, type CampaignVersion, type WebhookEndpoint } from '@postrider/contracts';
import { SecretSealer } from '@postrider/secrets';

export const SEALING_KEYS = `spec:${Buffer.alloc(32, 7).toString('base64')}`;
const sealer = new SecretSealer(SEALING_KEYS);

export const aSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;
export const aTenant = (): string => `org-${randomUUID()}/prod`;

export type EndpointFields = Partial<Omit<WebhookEndpoint, 'sealedSecrets' | 'sealedHeaders'>> & {
  tenantId: string;
  url: string;
  secrets?: string[];
  headers?: Record<string, string>;
};

/** An endpoint as campaign-api publishes it. */
export function anEndpoint({ secrets = [aSecret()], headers = {}, ...fields }: EndpointFields): WebhookEndpoint {
  const { tenantId } = fields;
  return {
    kind: 'webhook-endpoint',
    id: randomUUID(),
    name: 'orders',
    channels: ['email'],
    authentication: { type: 'none' },
    enabled: true,
    ...fields,
    sealedHeaders: sealer.seal(JSON.stringify(headers), { tenantId, purpose: SECRET_PURPOSE.webhookHeaders }),
    sealedSecrets: secrets.map((secret) => sealer.seal(secret, { tenantId, purpose: SECRET_PURPOSE.webhookSecret })),
  };
}

export function aVersion(tenantId: string, overrides: Partial<CampaignVersion> = {}): CampaignVersion {
  return {
    kind: 'campaign-version',
    id: randomUUID(),
    tenantId,
    campaignId: randomUUID(),
    version: 1,
    channel: 'email',
    channelConfigurationId: randomUUID(),
    content: { subject: 's', html: 'h', text: 't', listUnsubscribe: null },
    identityType: 'email',
    unknownProfiles: 'refuse',
    enableWebhooks: true,
    unknownOutcome: 'never-twice',
    messageLifetimeSeconds: 86_400,
    contextSchema: {},
    ...overrides,
  };
}

/** A status of another message with every call. */
export function aStatus(version: CampaignVersion, overrides: Partial<StatusChanged> = {}): StatusChanged {
  return {
    ...StatusChanged.example,
    tenantId: version.tenantId,
    campaignId: version.campaignId,
    campaignVersionId: version.id,
    messageId: randomUUID(),
    recipientKey: randomBytes(16).toString('hex'),
    occurredAt: new Date().toISOString(),
    ...overrides,
  };
}
