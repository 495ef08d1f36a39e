/** What the demo prints: facts as they were received, never what was expected. */
import type { Api } from './api.js';
import type { Call } from './calls.js';
import type { Mail } from './mails.js';

export interface Recipient {
  userId: string;
  messageId: string;
  state: string;
  timeline: { state: string; at: string }[];
}

/** A heading. */
export const title = (text: string): void => console.log(`\n${text}\n${'─'.repeat(text.length)}`);

export function showMails(mails: readonly Mail[]): void {
  title(`Mails as received over SMTP: ${mails.length}`);
  for (const mail of mails) {
    console.log(`to ${mail.to}\n   subject  ${mail.subject}\n   text     ${mail.text.replaceAll('\n', '\n            ')}`);
  }
}

export function showCalls(calls: readonly Call[]): void {
  title(`Webhook calls as received: ${calls.length}`);
  for (const call of calls) console.log(`${call.status.padEnd(10)} message ${call.messageId}  signature ${call.isVerified ? 'verified' : 'WRONG'}  webhook-id ${call.webhookId}`);
}

export function showTimelines(recipients: readonly Recipient[]): void {
  title('What became of each recipient');
  for (const { userId, state, timeline } of recipients) {
    const first = Date.parse(timeline[0]?.at ?? '');
    const steps = timeline.map((step) => `${step.state} +${Date.parse(step.at) - first} ms`);
    console.log(`${userId.padEnd(26)} ${state.padEnd(8)} ${steps.join(' → ')}`);
  }
}

export function showTotals(totals: Record<string, number>): void {
  console.log(`\n${Object.entries(totals).map(([name, count]) => `${name} ${count}`).join(', ')}`);
}

/** Ready to paste into a shell. */
export function showCurl(api: Api, ingestUrl: string, body: Record<string, unknown>): void {
  title('Your turn');
  const headers = Object.entries(api.headers).map(([name, value]) => `-H '${name}: ${value}'`);
  console.log([`curl -sS ${ingestUrl}/im/executions/unitary`, ...headers, `-d '${JSON.stringify(body)}'`].join(' \\\n  '));
}
