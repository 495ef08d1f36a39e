/** The bundled campaign, set up through the administrator's API like any other. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readJson, type StackFile } from '../stack/stack-file.js';
import type { Api } from './api.js';

/** What a demo before this one has set up. */
interface Scenario {
  campaignId: string;
  smtpPort: number;
}

export interface DemoWebhook {
  id: string;
  secret: string;
}

const html = `<h1>Hello {{ profile.firstName | default: 'friend' }}</h1>
<p>Your order <b>{{ context.order }}</b> is on its way:</p>
<ul>{% for item in context.items %}<li>{{ item.quantity }} × {{ item.name }}</li>{% endfor %}</ul>
{% if context.express %}<p>Express: it arrives tomorrow.</p>{% else %}<p>It arrives within four days.</p>{% endif %}`;

/** The demo's campaign, live. Made once for each stack: `file` remembers it. @returns its id */
export async function liveCampaign(api: Api, stack: StackFile, file: string): Promise<string> {
  const known = readJson<Scenario>(file);
  if (known && known.smtpPort === stack.smtp.port && (await isLive(api, known.campaignId))) return known.campaignId;
  const channelId = await aChannel(api, stack);
  await aProfile(api, 'ada@shop.test', 'Ada');
  await aProfile(api, 'grace@shop.test', 'Grace');
  const campaignId = await aLiveCampaign(api, channelId);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ campaignId, smtpPort: stack.smtp.port } satisfies Scenario));
  return campaignId;
}

/** An endpoint that lives as long as the demo. */
export async function aWebhook(api: Api, url: string): Promise<DemoWebhook> {
  return api.admin<DemoWebhook>('POST', '/feedback-webhooks', {
    name: `Demo ${stamp()}`, channels: ['email'], url, authentication: { type: 'none' }, headers: {},
  });
}

const stamp = (): string => new Date().toISOString();

async function isLive(api: Api, campaignId: string): Promise<boolean> {
  try {
    return (await api.admin<{ status: string }>('GET', `/campaigns/${campaignId}`)).status === 'Live';
  } catch {
    return false;
  }
}

async function aChannel(api: Api, { smtp }: StackFile): Promise<string> {
  const { id } = await api.admin<{ id: string }>('POST', '/channel-configurations', {
    name: `Demo shop ${stamp()}`,
    channel: 'email',
    category: 'transactional',
    email: {
      fromAddress: 'orders@shop.test',
      fromName: 'Demo Shop',
      replyTo: null,
      provider: { type: 'smtp', host: smtp.host, port: smtp.port, tls: 'none', username: null, password: null },
    },
  });
  return id;
}

async function aProfile(api: Api, email: string, firstName: string): Promise<void> {
  await api.admin('POST', '/profiles', { identities: [{ namespace: 'email', value: email }], attributes: { firstName }, consents: { email: 'y' } });
}

async function aLiveCampaign(api: Api, channelConfigurationId: string): Promise<string> {
  const { id } = await api.admin<{ id: string }>('POST', '/campaigns', {
    name: `Order shipped ${stamp()}`,
    description: 'The bundled demo',
    kind: 'transactional',
    throughput: 'standard',
    channel: 'email',
    channelConfigurationId,
    content: { subject: 'Order {{ context.order }} is on its way', html, text: '' },
    audience: { audienceId: null, identityType: 'email', unknownProfiles: 'create', enableWebhooks: true },
    schedule: { startAt: null, endAt: null, timeZone: 'UTC' },
    sendRatePerSecond: null,
    unknownOutcome: 'never-twice',
    messageLifetimeSeconds: 86_400,
    contextSchema: null,
  });
  await api.admin('POST', `/campaigns/${id}/activate`, {});
  return id;
}

/** Two profiles that exist and one that the first execution creates. */
export function callOf(campaignId: string, requestId: string): Record<string, unknown> {
  const items = [{ name: 'Kettle', quantity: 1 }, { name: 'Mug & saucer', quantity: 2 }];
  return {
    requestId,
    campaignId,
    recipients: [
      { type: 'external', userId: 'ada@shop.test', namespace: 'email', context: { order: 4711, items, express: true } },
      { type: 'external', userId: 'Grace@Shop.test', namespace: 'email', context: { order: 4712, items, express: false } },
      { type: 'external', userId: 'new-customer@shop.test', namespace: 'email', context: { order: 4713, items, express: false }, profile: { firstName: 'newcomer' } },
    ],
  };
}
