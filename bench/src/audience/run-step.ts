/** A run over everybody: how fast it is resolved, what transactional mail feels of it while it waits, and that it adds up. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { AudienceExecutionAnswer } from '@postrider/contracts';
import { nowMicros } from '../clock.js';
import { say } from '../command.js';
import { totalsOf } from '../load/executions.js';
import { contextB } from '../load/message-b.js';
import { stopCampaign } from '../load/scenario.js';
import { readCalls, readSink } from '../measure/ledger-check.js';
import { whileFrozen } from '../measure/frozen.js';
import { CpuMeter } from '../measure/processes.js';
import { run, type RunResult } from '../run.js';
import { marketingCampaign, runStatus, startRun } from './admin.js';
import { cancelled } from './cancelled.js';
import { paceOf } from './pace.js';
import { endOfLog, readResolved } from './resolved-log.js';
import type { AudienceBench, RunOutcome } from './steps.js';

const RESOLVE_DEADLINE_MS = 240_000;
const POLL_MS = 500;
const LOG_SETTLE_MS = 1_000;
/** Of the twelve hours in which a run must be sent: slow enough that it waits, fast enough that nobody is left out. */
const WINDOW_SECONDS = 40_000;

export const sendRateFor = (profiles: number): number => Math.min(2_000, Math.max(1, Math.ceil(profiles / WINDOW_SECONDS)));

async function transactional(bench: AudienceBench, name: string): Promise<RunResult> {
  const { target, out, rate, seconds, transactionalProfiles } = bench;
  say(`transactional load, ${name}: ${rate} recipients/s for ${seconds} s`);
  const result = await run({
    name, folder: out, sinkFile: target.sinkFile, processes: target.processes, url: target.url, headers: target.headers,
    campaignId: target.campaignId, profiles: transactionalProfiles, recipientsPerCall: 20, recipientsPerSecond: rate, seconds, runId: `${name}-${Date.now().toString(36)}`,
  });
  say(`${name}: ${result.deliveredPerSecond}/s at the sink, p99 ${result.sink.p99} ms`);
  return result;
}

/** What takes the recipients up and would share the machine. */
const BEHIND = new Set(['profile-creator', 'dispatcher', 'webhook-notifier']);
const pidsBehind = ({ processes }: AudienceBench['stack']): number[] => processes.filter(({ name }) => BEHIND.has(name)).map(({ pid }) => pid);

type Resolved = Pick<RunOutcome, 'targeted' | 'missingIdentity' | 'resolvedByApi' | 'processes'> & { executionId: string; calledAt: number };

async function resolveAll({ stack, target }: AudienceBench, campaignId: string): Promise<Resolved> {
  const meter = new CpuMeter(target.processes);
  const calledAt = Date.now();
  const executionId = await startRun(stack, campaignId, contextB(1));
  const status = await resolvedOrLate(stack, executionId);
  const { state = 'unknown', resolved = 0, missingIdentity = 0 } = status.run ?? {};
  say(`run ${state}: ${resolved} of ${status.targetedProfileCount} resolved in ${((Date.now() - calledAt) / 1_000).toFixed(1)} s`);
  return { executionId, calledAt, targeted: status.targetedProfileCount, missingIdentity, resolvedByApi: resolved, processes: meter.stop() };
}

/** What the run is like when it is completed, or when the time is over: then the figures are of what there is, and a check fails. */
async function resolvedOrLate(stack: AudienceBench['stack'], executionId: string): Promise<AudienceExecutionAnswer> {
  const deadline = performance.now() + RESOLVE_DEADLINE_MS;
  for (;;) {
    const status = await runStatus(stack, executionId);
    if (status.run?.state === 'Completed' || performance.now() > deadline) return status;
    await wait(POLL_MS);
  }
}

/** Mails at the sink since the step began that none of the transactional loads was promised. */
function mailsOfTheRun({ target, out }: AudienceBench, beganAt: number, loads: readonly RunResult[]): RunOutcome['mails'] {
  const promised = new Set(loads.flatMap(({ name }) => readCalls(join(out, `${name}-calls.jsonl`)).flatMap((call) => call.messageIds ?? [])));
  const mails = (existsSync(target.sinkFile) ? readSink(target.sinkFile) : []).filter(({ at, messageId }) => at >= beganAt && !promised.has(messageId));
  return { count: mails.length, doubled: mails.length - new Set(mails.map(({ messageId }) => messageId)).size };
}

export async function runStep(bench: AudienceBench, audienceId: string): Promise<RunOutcome> {
  const { stack, target, profiles } = bench;
  const beganAt = nowMicros();
  const sendRatePerSecond = sendRateFor(profiles);
  const campaignId = await marketingCampaign(stack, audienceId, target.smtpPort, sendRatePerSecond);
  try {
    const warmUp = await transactional({ ...bench, seconds: Math.min(bench.seconds, 5) }, 'warm-up');
    const idle = await transactional(bench, 'idle');
    const from = await endOfLog(stack.kafkaBrokers);
    const resolving = (): Promise<Resolved> => resolveAll(bench, campaignId);
    const { executionId, calledAt, ...resolved } = await (bench.isAlone ? whileFrozen(pidsBehind(stack), resolving) : resolving());
    const before = (await totalsOf(stack, executionId)).pending;
    const during = await transactional(bench, 'during');
    const waiting = { before, after: (await totalsOf(stack, executionId)).pending };
    const cancel = await cancelled(stack, executionId);
    await wait(LOG_SETTLE_MS);
    const { times, repeated } = await readResolved(stack.kafkaBrokers, executionId, from, await endOfLog(stack.kafkaBrokers));
    const mails = mailsOfTheRun(bench, beganAt, [warmUp, idle, during]);
    return { ...resolved, ...cancel, pace: paceOf(times, calledAt), repeated, idle, during, waiting, sendRatePerSecond, mails };
  } finally {
    await stopCampaign(stack, campaignId);
  }
}
