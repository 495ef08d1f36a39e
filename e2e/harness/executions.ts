import { eventually } from '@postrider/testing';
import { ingest } from './http.js';

export interface Accepted {
  executionId: string;
  requestId: string;
  recipients: { index: number; userId: string; messageId: string; result: 'accepted' | 'rejected'; error?: { code: string } }[];
}

export type Totals = Record<'targeted' | 'sent' | 'failed' | 'excluded' | 'expired' | 'cancelled' | 'unknown' | 'pending', number>;

export interface ExecutionStatus {
  executionId: string;
  status: string;
  totals: Totals;
}

export interface RecipientPage {
  items: { userId: string; messageId: string; state: string; code: string | null; attempts: number; timeline: { state: string; at: string }[] }[];
  nextCursor: string | null;
}

export const recipientOf = (userId: string, context: Record<string, unknown> = { order: 1 }): Record<string, unknown> => ({
  type: 'external', userId, namespace: 'email', context,
});

export const callOf = (campaignId: string, requestId: string, users: readonly string[]): Record<string, unknown> => ({
  requestId, campaignId, recipients: users.map((user) => recipientOf(user)),
});

/** Triggers and expects a 202; a refusal for the moment (429, 503) is tried again, as a caller would. */
export async function trigger(body: Record<string, unknown>): Promise<Accepted> {
  return eventually(async () => {
    const answer = await ingest.post<Accepted>('/im/executions/unitary', body);
    if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }, { timeoutMs: 90_000 });
}

/** I0 of one execution. */
export function sumOf(totals: Totals): number {
  return totals.sent + totals.failed + totals.excluded + totals.expired + totals.cancelled + totals.unknown + totals.pending;
}

/** The execution's status once nothing is pending; I0 is checked on the way, each time. */
export async function finished(executionId: string, timeoutMs = 60_000): Promise<ExecutionStatus> {
  return eventually(async () => {
    const { status, body } = await ingest.get<ExecutionStatus>(`/im/executions/${executionId}`);
    if (status !== 200) throw new Error(`status call answered ${status}`);
    if (sumOf(body.totals) !== body.totals.targeted) throw new Error(`I0 is broken: ${JSON.stringify(body.totals)}`);
    if (body.totals.pending > 0 || body.totals.targeted === 0) throw new Error(`pending: ${JSON.stringify(body.totals)}`);
    return body;
  }, { timeoutMs, intervalMs: 100 });
}

export async function recipientsOf(executionId: string): Promise<RecipientPage['items']> {
  const { body } = await ingest.get<RecipientPage>(`/im/executions/${executionId}/recipients`);
  return body.items;
}

export async function ingestCancel(executionId: string): Promise<{ cancelled: number; gone: number }> {
  const { status, body } = await ingest.delete<{ cancelled: number; gone: number }>(`/im/executions/${executionId}`);
  if (status !== 200) throw new Error(`cancel answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
