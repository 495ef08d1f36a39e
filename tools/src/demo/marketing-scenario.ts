/** What the marketing demo sets up, through the administrator's API like anybody else. */
import type { StackFile } from '../stack/stack-file.js';
import type { Api } from './api.js';
import { peopleAsLines, RULES } from './people.js';

const html = `<h1>Hello {{ profile.firstName }}</h1>
<p>{{ context.offer }} for our guests in {{ profile.country }}, until {{ context.until }}.</p>`;

export interface Estimate {
  count: number;
  tookMs: number;
  sample: { identities: { value: string }[]; attributes: Record<string, unknown> }[];
}

export interface BulkAnswer {
  received: number;
  created: number;
  updated: number;
  failed: number;
}

export const storePeople = (api: Api): Promise<BulkAnswer> => api.upload('/profiles/bulk', 'application/x-ndjson', peopleAsLines());

export const estimate = (api: Api, sampleSize: number): Promise<Estimate> => api.admin('POST', '/audiences/estimate', { rules: RULES, sampleSize });

const stamp = (): string => new Date().toISOString();

export async function anAudience(api: Api): Promise<string> {
  const { id } = await api.admin<{ id: string }>('POST', '/audiences', { name: `Guests of late ${stamp()}`, source: 'segment', rules: RULES });
  return id;
}

/** A live marketing campaign for an audience. @returns its id */
export async function aMarketingCampaign(api: Api, { smtp }: StackFile, audienceId: string, sendRatePerSecond: number): Promise<string> {
  const channel = await api.admin<{ id: string }>('POST', '/channel-configurations', {
    name: `Demo news ${stamp()}`,
    channel: 'email',
    category: 'marketing',
    email: {
      fromAddress: 'news@shop.test',
      fromName: 'Demo Shop',
      replyTo: null,
      provider: { type: 'smtp', host: smtp.host, port: smtp.port, tls: 'none', username: null, password: null },
    },
  });
  const { id } = await api.admin<{ id: string }>('POST', '/campaigns', {
    name: `Spring offer ${stamp()}`,
    description: 'The bundled marketing demo',
    kind: 'marketing',
    channel: 'email',
    channelConfigurationId: channel.id,
    content: { subject: '{{ profile.firstName }}, {{ context.offer }}', html, text: '' },
    audience: { audienceId, identityType: 'email' },
    sendRatePerSecond,
  });
  await api.admin('POST', `/campaigns/${id}/activate`, {});
  return id;
}
