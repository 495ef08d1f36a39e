/** What the audience bench asks of the public APIs. */
import type { Readable } from 'node:stream';
import { AudienceExecutionAnswer, Upload, type Estimate, type Evaluation, type RuleGroup, type UploadQuery } from '@postrider/contracts';
import { request } from 'undici';
import { answerOf, execution } from '../load/executions.js';
import { call } from '../load/scenario.js';
import { messageB } from '../load/message-b.js';
import { headersOf, type Stack } from '../stack.js';

const stamp = (): string => new Date().toISOString();

export async function createAudience(stack: Stack, source: 'segment' | 'upload', rules?: RuleGroup): Promise<string> {
  const { id } = await call<{ id: string }>(stack, 'POST', '/api/v1/audiences', { name: `bench ${source} ${stamp()}`, source, ...(rules && { rules }) });
  return id;
}

export const estimate = (stack: Stack, rules: RuleGroup): Promise<Estimate> => call(stack, 'POST', '/api/v1/audiences/estimate', { rules, sampleSize: 0 });

export const evaluate = (stack: Stack, audienceId: string): Promise<Evaluation> => call(stack, 'POST', `/api/v1/audiences/${audienceId}/evaluate`, {});

export async function lastEvaluation(stack: Stack, audienceId: string): Promise<Evaluation | undefined> {
  const { items } = await call<{ items: Evaluation[] }>(stack, 'GET', `/api/v1/audiences/${audienceId}/evaluations`, undefined);
  return items[0];
}

/** Streams a CSV body; answers when the upload is complete. */
export async function upload(stack: Stack, audienceId: string, body: Readable, unknownProfiles: UploadQuery['unknownProfiles']): Promise<Upload> {
  const answer = await request(`${stack.adminUrl}/api/v1/audiences/${audienceId}/upload?namespace=email&column=email&unknownProfiles=${unknownProfiles}`, {
    method: 'POST', headers: { ...headersOf(stack), 'content-type': 'text/csv' }, body, headersTimeout: 0, bodyTimeout: 0,
  });
  return answerOf(Upload, answer.statusCode, await answer.body.text());
}

/** What a rate of 1,000/s needs on a machine whose cores are all taken. */
const SESSIONS = 40;

/** A live marketing campaign that sends load B to an audience, slowly. */
export async function marketingCampaign(stack: Stack, audienceId: string, smtpPort: number, sendRatePerSecond: number): Promise<string> {
  const configuration = await call<{ id: string }>(stack, 'POST', '/api/v1/channel-configurations', {
    name: `bench news ${stamp()}`, channel: 'email', category: 'marketing',
    email: {
      fromAddress: 'news@bench.test', fromName: 'Bench', replyTo: null,
      provider: { type: 'smtp', host: '127.0.0.1', port: smtpPort, tls: 'none', username: null, password: null, maxConnections: SESSIONS },
    },
  });
  const { id } = await call<{ id: string }>(stack, 'POST', '/api/v1/campaigns', {
    name: `bench news ${stamp()}`, kind: 'marketing', channel: 'email', channelConfigurationId: configuration.id, content: messageB,
    audience: { audienceId, identityType: 'email' }, sendRatePerSecond,
  });
  await call(stack, 'POST', `/api/v1/campaigns/${id}/activate`, {});
  return id;
}

export async function startRun(stack: Stack, campaignId: string, context: Record<string, unknown>): Promise<string> {
  const { status, text } = await execution(stack, 'POST', 'audience', { campaignId, context });
  if (status !== 202) throw new Error(`The audience call was answered with ${status}: ${text.slice(0, 500)}`);
  return (JSON.parse(text) as { executionId: string }).executionId;
}

export async function runStatus(stack: Stack, executionId: string): Promise<AudienceExecutionAnswer> {
  const { status, text } = await execution(stack, 'GET', `audience/${executionId}`);
  return answerOf(AudienceExecutionAnswer, status, text);
}

/** Whether it was taken; a 503 says to try again, which is safe. */
export async function cancelRun(stack: Stack, executionId: string): Promise<boolean> {
  const { status, text } = await execution(stack, 'DELETE', executionId);
  if (status >= 300 && status !== 503) throw new Error(`The cancellation was answered with ${status}: ${text.slice(0, 500)}`);
  return status < 300;
}
