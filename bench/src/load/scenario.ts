/** Sets up what a run sends against, through the administrator's API like anybody else. */
import { request } from 'undici';
import { headersOf, type Stack } from '../stack.js';
import { messageB } from './message-b.js';

export interface Scenario {
  campaignId: string;
  profiles: number;
}

export interface ScenarioOptions {
  smtpPort: number;
  profiles: number;
  webhookUrl?: string;
  maxConnections?: number;
  /** What is sent; load B when left out. */
  content?: typeof messageB;
}

export async function call<Answer>(stack: Stack, method: 'POST' | 'GET', path: string, body: unknown): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { ...headersOf(stack), ...(typeof body === 'string' && { 'content-type': 'application/x-ndjson' }) };
  const answer = await request(`${stack.adminUrl}${path}`, { method, headers, body: text });
  const received = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${received.slice(0, 500)}`);
  return (received === '' || !received.startsWith('{') ? {} : JSON.parse(received.split('\n')[0] ?? '{}')) as Answer;
}

function profileLines(count: number): string {
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      identities: [{ namespace: 'email', value: `user${i}@bench.test` }],
      attributes: { firstName: `First${i}`, lastName: `Last${i}`, member: i % 3 === 0 },
      consents: { email: 'y' },
    }),
  ).join('\n');
}

export async function setUpScenario(stack: Stack, options: ScenarioOptions): Promise<Scenario> {
  const stamp = new Date().toISOString();
  await call(stack, 'POST', '/api/v1/profiles/bulk', profileLines(options.profiles));
  const configuration = await call<{ id: string }>(stack, 'POST', '/api/v1/channel-configurations', {
    name: `bench ${stamp}`,
    channel: 'email',
    category: 'transactional',
    email: {
      fromAddress: 'orders@bench.test', fromName: 'Bench', replyTo: null,
      provider: {
        type: 'smtp', host: '127.0.0.1', port: options.smtpPort, tls: 'none', username: null, password: null,
        ...(options.maxConnections && { maxConnections: options.maxConnections }),
      },
    },
  });
  if (options.webhookUrl) {
    await call(stack, 'POST', '/api/v1/feedback-webhooks', {
      name: `bench ${stamp}`, channels: ['email'], url: options.webhookUrl, authentication: { type: 'none' }, headers: {},
    });
  }
  const campaign = await call<{ id: string }>(stack, 'POST', '/api/v1/campaigns', {
    name: `bench ${stamp}`, kind: 'transactional', throughput: 'standard', channel: 'email', channelConfigurationId: configuration.id,
    content: options.content ?? messageB,
    audience: { audienceId: null, identityType: 'email', unknownProfiles: 'refuse', enableWebhooks: options.webhookUrl !== undefined },
    schedule: { startAt: null, endAt: null, timeZone: 'UTC' },
    sendRatePerSecond: null, unknownOutcome: 'never-twice', messageLifetimeSeconds: 86_400, contextSchema: null,
  });
  await call(stack, 'POST', `/api/v1/campaigns/${campaign.id}/activate`, {});
  return { campaignId: campaign.id, profiles: options.profiles };
}

/** The id of the version that is live. */
export async function liveVersionOf(stack: Stack, campaignId: string): Promise<string> {
  const { items } = await call<{ items: { id: string; state: string }[] }>(stack, 'GET', `/api/v1/campaigns/${campaignId}/versions`, undefined);
  const live = items.find(({ state }) => state === 'live');
  if (!live) throw new Error(`Campaign ${campaignId} has no live version.`);
  return live.id;
}

/** Cancels what still waits, so that nothing is left that would be sent to a sink which is gone. */
export async function stopCampaign(stack: Stack, campaignId: string): Promise<void> {
  await call(stack, 'POST', `/api/v1/campaigns/${campaignId}/stop`, {});
}
