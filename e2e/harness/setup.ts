/** What a spec sets up before it triggers anything: through the administrator's API, like anybody else. */
import { randomBytes } from 'node:crypto';
import { eventually } from '@postrider/testing';
import { admin, ingest, type Problem } from './http.js';

export interface CampaignOptions {
  smtpPort: number;
  subject?: string;
  html?: string;
  unknownProfiles?: 'refuse' | 'create' | 'send';
  throughput?: 'standard' | 'high';
  identityType?: string;
  enableWebhooks?: boolean;
  messageLifetimeSeconds?: number;
  startAt?: string | null;
  endAt?: string | null;
  contextSchema?: Record<string, unknown> | null;
  activate?: boolean;
  unknownOutcome?: 'never-twice' | 'never-lost';
}

/** Spec files share a process and each have their own copy of this module. */
const FILE = randomBytes(4).toString('hex');
let made = 0;
/** A name that nothing else has. */
export const unique = (what: string): string => `${what} ${FILE}-${(made += 1)}`;

export async function aChannelConfiguration(smtpPort: number, category: 'transactional' | 'marketing' = 'transactional'): Promise<string> {
  const { id } = await admin<{ id: string }>('POST', '/channel-configurations', {
    name: unique('configuration'), channel: 'email', category,
    email: {
      fromAddress: 'orders@shop.test', fromName: 'Shop', replyTo: null,
      provider: { type: 'smtp', host: '127.0.0.1', port: smtpPort, tls: 'none', username: null, password: null },
    },
  });
  return id;
}

const DEFAULTS = {
  subject: 'Order {{context.order}}',
  html: '<p>Hello {{profile.firstName}}</p>',
  unknownProfiles: 'send',
  throughput: 'standard',
  identityType: 'email',
  enableWebhooks: false,
  messageLifetimeSeconds: 86_400,
  startAt: null,
  endAt: null,
  contextSchema: null,
  activate: true,
  unknownOutcome: 'never-twice',
} as const;

/** A campaign, live unless told otherwise. */
export async function aCampaign(options: CampaignOptions): Promise<string> {
  const chosen = { ...DEFAULTS, ...options };
  const channelConfigurationId = await aChannelConfiguration(chosen.smtpPort);
  const { throughput, messageLifetimeSeconds, contextSchema, unknownOutcome } = chosen;
  const { id } = await admin<{ id: string }>('POST', '/campaigns', {
    name: unique('campaign'), kind: 'transactional', throughput, channel: 'email', channelConfigurationId,
    content: { subject: chosen.subject, html: chosen.html, text: 'Hello {{profile.firstName}}' },
    audience: {
      audienceId: null, identityType: chosen.identityType,
      unknownProfiles: chosen.unknownProfiles, enableWebhooks: chosen.enableWebhooks,
    },
    schedule: { startAt: chosen.startAt, endAt: chosen.endAt, timeZone: 'UTC' },
    sendRatePerSecond: null, unknownOutcome, messageLifetimeSeconds, contextSchema,
  });
  if (chosen.activate) await activate(id);
  return id;
}

/** Activates a campaign, and waits until the ingest API has heard of it: configuration travels in milliseconds, not in none. */
async function activate(campaignId: string): Promise<void> {
  await admin('POST', `/campaigns/${campaignId}/activate`);
  await eventually(async () => {
    const probe = { requestId: 'probe', campaignId, recipients: [{ type: 'external', userId: 'probe@shop.test', namespace: 'email' }] };
    const { body } = await ingest.post<Problem | undefined>('/im/executions/unitary?dryRun=true', probe);
    if (body?.code === 'CAMPAIGN_NOT_FOUND' || body?.code === 'CAMPAIGN_NOT_LIVE') throw new Error(body.code);
  }, { intervalMs: 10 });
}

export async function aProfile(email: string, attributes: Record<string, unknown> = {}): Promise<string> {
  const { id } = await admin<{ id: string }>('POST', '/profiles', {
    identities: [{ namespace: 'email', value: email }], attributes, consents: { email: 'y' },
  });
  return id;
}

/** A mailbox name that no other test uses. */
export const anAddress = (name = 'person'): string => `${unique(name).replaceAll(' ', '-').toLowerCase()}@shop.test`;
