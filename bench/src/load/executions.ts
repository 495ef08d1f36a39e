/** What the bench asks of ingest-api about executions. */
import { ExecutionStatusAnswer, type ExecutionTotals } from '@postrider/contracts';
import { Agent, interceptors, request } from 'undici';
import type { z } from 'zod';
import { headersOf, type Stack } from '../stack.js';

/** A key may only ask so often; whoever asks for many executions in turn waits as long as it is told. */
const patient = new Agent().compose(interceptors.retry({ statusCodes: [429], maxRetries: 60 }));

export async function execution(stack: Stack, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const { 'content-type': type, ...headers } = headersOf(stack);
  const sent = body === undefined ? { headers } : { headers: { ...headers, 'content-type': type }, body: JSON.stringify(body) };
  const answer = await request(`${stack.ingestUrl}/im/executions/${path}`, { method, ...(method === 'GET' && { dispatcher: patient }), ...sent });
  return { status: answer.statusCode, text: await answer.body.text() };
}

export function answerOf<T>(schema: z.ZodType<T>, status: number, text: string): T {
  if (status >= 300) throw new Error(`An answer of ${status}: ${text.slice(0, 500)}`);
  return schema.parse(JSON.parse(text));
}

export async function totalsOf(stack: Stack, executionId: string): Promise<ExecutionTotals> {
  const { status, text } = await execution(stack, 'GET', executionId);
  return answerOf(ExecutionStatusAnswer, status, text).totals;
}

/** I0: whether what became of an execution's recipients is as many as it targets, and those are as many as they must be. */
export function addsUp({ targeted, ...parts }: ExecutionTotals, expected: number): boolean {
  return targeted === expected && targeted === Object.values(parts).reduce((sum, part) => sum + part, 0);
}
