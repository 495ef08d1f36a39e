/** The bundled campaign, set up through the administrator's API like any other. */
import type { StackFile } from '../stack/stack-file.js';
import type { Api } from './api.js';

export interface Scenario {
  campaignId: string;
  webhookSecret: string;
  webhookId: string;
}

const html = `<h1>Hello {{ profile.firstName | default: 'friend' }}</h1>
<p>Your order <b>{{ context.order }}</b> is on its way:</p>
<ul>{% for item in context.items %}<li>{{ item.quantity }} × {{ item.name }}</li>{% endfor %}</ul>
{% if context.express %}<p>Express: it arrives tomorrow.</p>{% else %}<p>It arrives within four days.</p>{% endif %}`;

export async function setUp(api: Api, stack: StackFile, webhookUrl: string): Promise<Scenario> {
  const stamp = new Date().toISOString();
  const channel = await api.admin<{ id: string }>('POST', '/channel-configurations', {
    name: `Demo shop ${stamp}`,
    channel: 'email',
    category: 'transactional',
    email: {
      fromAddress: 'orders@shop.test',
      fromName: 'Demo Shop',
      replyTo: null,
      provider: { type: 'smtp', host: stack.smtp.host, port: stack.smtp.port, tls: 'none', username: null, password: null },
    },
  });
  const webhook = await api.admin<{ id: string; secret: string }>('POST', '/feedback-webhooks', {
    name: `Demo ${stamp}`, channels: ['email'], url: webhookUrl, authentication: { type: 'none' }, headers: {},
  });
  await api.admin('POST', '/profiles', {
    identities: [{ namespace: 'email', value: 'ada@shop.test' }], attributes: { firstName: 'Ada' }, consents: { email: 'y' },
  });
  await api.admin('POST', '/profiles', {
    identities: [{ namespace: 'email', value: 'grace@shop.test' }], attributes: { firstName: 'Grace' }, consents: { email: 'y' },
  });
  const campaign = await api.admin<{ id: string }>('POST', '/campaigns', {
    name: `Order shipped ${stamp}`,
    description: 'The bundled demo',
    kind: 'transactional',
    throughput: 'standard',
    channel: 'email',
    channelConfigurationId: channel.id,
    content: { subject: 'Order {{ context.order }} is on its way', html, text: '' },
    audience: { audienceId: null, identityType: 'email', unknownProfiles: 'create', enableWebhooks: true },
    schedule: { startAt: null, endAt: null, timeZone: 'UTC' },
    sendRatePerSecond: null,
    unknownOutcome: 'never-twice',
    messageLifetimeSeconds: 86_400,
    contextSchema: null,
  });
  await api.admin('POST', `/campaigns/${campaign.id}/activate`, {});
  return { campaignId: campaign.id, webhookSecret: webhook.secret, webhookId: webhook.id };
}

/** Two profiles that exist and one that the execution creates. */
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
