import { existsSync } from 'node:fs';
import { waitUntil } from '@postrider/local-stack';
import { WebhookReceiver } from '@postrider/testing';
import type { StackFile } from '../stack/stack-file.js';
import { Api } from './api.js';
import { mailsOf, type Mail } from './mails.js';
import { callOf, setUp } from './scenario.js';
import { showCalls, showCurl, showMails, showTimelines, showTotals, type Call, type Recipient } from './show.js';

interface Accepted {
  executionId: string;
  recipients: { messageId: string }[];
}

interface Status {
  status: string;
  totals: Record<string, number>;
}

const DEADLINE_MS = 30_000;

/** Triggers the bundled campaign on a running stack and shows what came of it. @throws when something did not arrive */
export async function runDemo(stack: StackFile): Promise<void> {
  const api = new Api(stack);
  const receiver = await WebhookReceiver.start();
  try {
    const scenario = await setUp(api, stack, receiver.url);
    receiver.secrets = [scenario.webhookSecret];
    const call = callOf(scenario.campaignId, `demo-${Date.now()}`);
    const startedAt = performance.now();
    const accepted = await triggerWhenKnown(api, call);
    console.log(`\n202 after ${Math.round(performance.now() - startedAt)} ms: ${accepted.executionId}`);
    const messageIds = accepted.recipients.map(({ messageId }) => messageId);

    showMails(await arrivedMails(stack, messageIds));
    showCalls(await arrivedCalls(receiver, messageIds));
    const { status, totals } = await finishedStatus(api, accepted.executionId);
    const { items } = await api.execution<{ items: Recipient[] }>('GET', `/executions/${accepted.executionId}/recipients`);
    showTimelines(items);
    showTotals(totals);
    if (status !== 'Succeeded') throw new Error(`The execution ended as ${status}.`);
    await api.admin('DELETE', `/feedback-webhooks/${scenario.webhookId}`);
    showCurl(api, stack.ingestUrl, callOf(scenario.campaignId, 'my-first-call'));
  } finally {
    await receiver.stop();
  }
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

async function arrivedMails(stack: StackFile, messageIds: readonly string[]): Promise<Mail[]> {
  let mails: Mail[] = [];
  await waitUntil('All mails', async () => {
    mails = existsSync(stack.smtp.mailFolder) ? await mailsOf(stack.smtp.mailFolder, messageIds) : [];
    if (mails.length < messageIds.length) throw new Error(`${mails.length} of ${messageIds.length} mails arrived`);
  }, DEADLINE_MS);
  return mails;
}

async function arrivedCalls(receiver: WebhookReceiver, messageIds: readonly string[]): Promise<Call[]> {
  let calls: Call[] = [];
  await waitUntil('All webhook calls', async () => {
    calls = receiver.calls().map((call) => {
      const event = JSON.parse(call.body) as { messageExecution: { messageID: string }; messageDeliveryFeedback: { feedbackStatus: { value: string } } };
      return {
        webhookId: call.headers['webhook-id'] ?? '',
        status: event.messageDeliveryFeedback.feedbackStatus.value,
        messageId: event.messageExecution.messageID,
        isVerified: call.verified === true,
      };
    });
    if (calls.length < messageIds.length) throw new Error(`${calls.length} of ${messageIds.length} webhook calls arrived`);
    if (calls.some((call) => !call.isVerified)) throw new Error('A webhook call has a wrong signature');
  }, DEADLINE_MS);
  return calls;
}

async function finishedStatus(api: Api, executionId: string): Promise<Status> {
  let status: Status = { status: '', totals: {} };
  await waitUntil('The execution', async () => {
    status = await api.execution<Status>('GET', `/executions/${executionId}`);
    if (status.status === 'InProgress') throw new Error('it is in progress');
  }, DEADLINE_MS);
  return status;
}
