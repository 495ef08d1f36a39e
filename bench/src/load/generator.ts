/**
 * The open-loop generator, a process of its own: calls leave on schedule whatever the answers do.
 * Writes one JSON line per call to the file that its plan names when the call is answered, and holds on to none: what it keeps,
 * it would collect while calls are due.
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
/** Calls that are made before their time. */
const READY = 20;

interface Prepared {
  requestId: string;
  body: string;
}

function preparedOf(plan: GeneratorPlan, call: number): Prepared {
  const requestId = `${plan.runId}-${call}`;
  const first = call * plan.recipientsPerCall;
  const recipients = Array.from({ length: plan.recipientsPerCall }, (_, i) => ({
    type: 'external',
    userId: `user${(first + i) % plan.profiles}@bench.test`,
    namespace: 'email',
    context: contextB(first + i),
  }));
  return { requestId, body: JSON.stringify({ requestId, campaignId: plan.campaignId, recipients }) };
}

/** The calls in their order, a few of them made before it is their time: then they leave at once. */
class Bodies {
  private readonly ready: Prepared[] = [];
  private made = 0;

  constructor(
    private readonly plan: GeneratorPlan,
    private readonly count: number,
  ) {
    this.prepare();
  }

  next(): Prepared {
    return this.ready.shift() ?? this.make();
  }

  prepare(): void {
    while (this.ready.length < READY && this.made < this.count) this.ready.push(this.make());
  }

  private make(): Prepared {
    return preparedOf(this.plan, this.made++);
  }
}

async function callOnce(pool: Pool, plan: GeneratorPlan, { requestId, body }: Prepared, t0: number): Promise<CallRecord> {
  const record: CallRecord = { requestId, t0, t1: nowMicros(), t2: 0, status: 0 };
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

/** Resolves when all calls were answered; each is given to `onAnswer` when it is, and kept nowhere. */
export async function generate(plan: GeneratorPlan, onAnswer: (record: CallRecord) => void): Promise<void> {
  const pool = new Pool(plan.url, { connections: MAX_SOCKETS, pipelining: 1 });
  const calls = Math.max(1, Math.floor((plan.recipientsPerSecond * plan.seconds) / plan.recipientsPerCall));
  const gapMicros = (plan.recipientsPerCall * 1e6) / plan.recipientsPerSecond;
  const bodies = new Bodies(plan, calls);
  const start = nowMicros() + 50_000;
  let left = 0;
  let answered = 0;
  await new Promise<void>((done) => {
    const send = async (t0: number): Promise<void> => {
      onAnswer(await callOnce(pool, plan, bodies.next(), t0));
      if ((answered += 1) === calls) done();
    };
    const tick = (): void => {
      for (; left < calls && start + left * gapMicros <= nowMicros(); left += 1) void send(Math.round(start + left * gapMicros));
      bodies.prepare();
      if (left < calls) setTimeout(tick, 1);
    };
    tick();
  });
  await pool.close();
}

async function main(): Promise<void> {
  endWithParent(() => process.exit(1));
  const plan = JSON.parse(process.argv[2] ?? '{}') as GeneratorPlan;
  const out = createWriteStream(plan.file);
  await generate(plan, (record) => out.write(`${JSON.stringify(record)}\n`));
  out.end();
  await once(out, 'finish');
}

if (import.meta.filename === process.argv[1]) await main();
