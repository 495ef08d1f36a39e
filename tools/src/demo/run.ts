import { join } from 'node:path';
import { waitUntil } from '@postrider/local-stack';
import { WebhookReceiver } from '@postrider/testing';
import type { StackFile } from '../stack/stack-file.js';
import { Api } from './api.js';
import { arrivedCalls } from './calls.js';
import { arrivedMails } from './mails.js';
import { aWebhook, callOf, liveCampaign, type DemoWebhook } from './scenario.js';
import { showCalls, showCurl, showMails, showTimelines, showTotals, type Recipient } from './show.js';

interface Accepted {
  executionId: string;
  recipients: { messageId: string }[];
}

interface Status {
  status: string;
  totals: Record<string, number>;
}

const DEADLINE_MS = 30_000;

/** Triggers the bundled campaign on the stack of a folder and shows what came of it. @throws when something did not arrive */
export async function runDemo(stack: StackFile, dir: string): Promise<void> {
  const api = new Api(stack);
  const campaignId = await liveCampaign(api, stack, join(dir, 'data/demo.json'));
  const receiver = await WebhookReceiver.start();
  const webhook = await aWebhook(api, receiver.url);
  try {
    await meet(api, receiver, webhook);
    await demonstrate(api, stack, receiver, campaignId);
  } finally {
    await api.admin('DELETE', `/feedback-webhooks/${webhook.id}`);
    await receiver.stop();
  }
  showCurl(api, stack.ingestUrl, callOf(campaignId, `my-call-${Date.now()}`));
}

/** A test event: once it has arrived, the endpoint misses nothing. */
async function meet(api: Api, receiver: WebhookReceiver, { id, secret }: DemoWebhook): Promise<void> {
  receiver.secrets = [secret];
  const { outcome, error } = await api.admin<{ outcome: string; error: string | null }>('POST', `/feedback-webhooks/${id}/test`);
  if (outcome !== 'succeeded') throw new Error(`The demo's webhook took no test event: ${error ?? outcome}`);
}

async function demonstrate(api: Api, stack: StackFile, receiver: WebhookReceiver, campaignId: string): Promise<void> {
  const calledAt = new Date();
  const startedAt = performance.now();
  const accepted = await triggerWhenKnown(api, callOf(campaignId, `demo-${calledAt.getTime()}`));
  console.log(`\n202 after ${Math.round(performance.now() - startedAt)} ms: ${accepted.executionId}`);
  const messageIds = accepted.recipients.map(({ messageId }) => messageId);

  showMails(await arrivedMails(stack.smtp.mailFolder, messageIds, calledAt));
  showCalls(await arrivedCalls(receiver, messageIds));
  const { status, totals } = await finishedStatus(api, accepted.executionId);
  const { items } = await api.execution<{ items: Recipient[] }>('GET', `/executions/${accepted.executionId}/recipients`);
  showTimelines(items);
  showTotals(totals);
  if (status !== 'Succeeded') throw new Error(`The execution ended as ${status}.`);
}

/** A campaign that was activated a moment ago may be news to the ingest API for some milliseconds. */
async function triggerWhenKnown(api: Api, call: Record<string, unknown>): Promise<Accepted> {
  let accepted: Accepted | undefined;
  await waitUntil('The campaign', async () => {
    accepted = await api.execution<Accepted>('POST', '/executions/unitary', call);
  }, DEADLINE_MS);
  if (!accepted) throw new Error('The campaign took no call.');
  return accepted;
}

async function finishedStatus(api: Api, executionId: string): Promise<Status> {
  let status: Status = { status: '', totals: {} };
  await waitUntil('The execution', async () => {
    status = await api.execution<Status>('GET', `/executions/${executionId}`);
    if (status.status === 'InProgress') throw new Error('it is in progress');
  }, DEADLINE_MS);
  return status;
}
