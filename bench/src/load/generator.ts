/**
 * The open-loop generator, a process of its own: calls leave on schedule whatever the answers do.
 * Writes one JSON line per call to the file that its plan names, and one summary line to standard output.
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { Pool } from 'undici';
import { nowMicros } from '../clock.js';
import { endWithParent } from '../measure/with-parent.js';
import { contextB } from './message-b.js';

export interface GeneratorPlan {
  url: string;
  headers: Record<string, string>;
  campaignId: string;
  /** Addresses are `user<i>@bench.test`, i < profiles. */
  profiles: number;
  recipientsPerCall: number;
  recipientsPerSecond: number;
  seconds: number;
  runId: string;
  file: string;
}

/** Times in microseconds of the common clock; `messageIds` only where the answer was 202. */
export interface CallRecord {
  requestId: string;
  t0: number;
  t1: number;
  t2: number;
  status: number;
  messageIds?: string[];
  executionId?: string;
  error?: string;
}

interface AcceptedAnswer {
  executionId: string;
  recipients: { messageId: string }[];
}

const MAX_SOCKETS = 128;
const ANSWER_DEADLINE_MS = 30_000;

function bodyOf(plan: GeneratorPlan, call: number): string {
  const first = call * plan.recipientsPerCall;
  const recipients = Array.from({ length: plan.recipientsPerCall }, (_, i) => ({
    type: 'external',
    userId: `user${(first + i) % plan.profiles}@bench.test`,
    namespace: 'email',
    context: contextB(first + i),
  }));
  return JSON.stringify({ requestId: `${plan.runId}-${call}`, campaignId: plan.campaignId, recipients });
}

async function callOnce(pool: Pool, plan: GeneratorPlan, call: number, t0: number): Promise<CallRecord> {
  const body = bodyOf(plan, call);
  const record: CallRecord = { requestId: `${plan.runId}-${call}`, t0, t1: nowMicros(), t2: 0, status: 0 };
  try {
    const answer = await pool.request({
      method: 'POST', path: '/im/executions/unitary', headers: plan.headers, body,
      headersTimeout: ANSWER_DEADLINE_MS, bodyTimeout: ANSWER_DEADLINE_MS,
    });
    const text = await answer.body.text();
    record.t2 = nowMicros();
    record.status = answer.statusCode;
    if (answer.statusCode !== 202) return { ...record, error: text.slice(0, 300) };
    const accepted = JSON.parse(text) as AcceptedAnswer;
    return { ...record, executionId: accepted.executionId, messageIds: accepted.recipients.map((one) => one.messageId) };
  } catch (error) {
    return { ...record, t2: nowMicros(), error: String(error) };
  }
}

/** Resolves with the records of all calls, in order of schedule. */
export async function generate(plan: GeneratorPlan): Promise<CallRecord[]> {
  const pool = new Pool(plan.url, { connections: MAX_SOCKETS, pipelining: 1 });
  const calls = Math.floor((plan.recipientsPerSecond * plan.seconds) / plan.recipientsPerCall);
  const gapMicros = (plan.recipientsPerCall * 1e6) / plan.recipientsPerSecond;
  const start = nowMicros() + 50_000;
  const running: Promise<CallRecord>[] = [];
  await new Promise<void>((done) => {
    const tick = (): void => {
      while (running.length < calls && start + running.length * gapMicros <= nowMicros()) {
        running.push(callOnce(pool, plan, running.length, Math.round(start + running.length * gapMicros)));
      }
      if (running.length < calls) setTimeout(tick, 1);
      else done();
    };
    tick();
  });
  const records = await Promise.all(running);
  await pool.close();
  return records;
}

async function main(): Promise<void> {
  endWithParent(() => process.exit(1));
  const plan = JSON.parse(process.argv[2] ?? '{}') as GeneratorPlan;
  const records = await generate(plan);
  const out = createWriteStream(plan.file);
  for (const record of records) if (!out.write(`${JSON.stringify(record)}\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

if (import.meta.filename === process.argv[1]) await main();
