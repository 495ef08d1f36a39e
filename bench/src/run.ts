/** One run: offer a rate for a time, wait until everything arrived, and account for it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CallRecord, GeneratorPlan } from './load/generator.js';
import { runChild } from './measure/child.js';
import { drained } from './measure/drain.js';
import { checkLedger, readCalls, readSink, type LedgerResult, type SinkLine } from './measure/ledger-check.js';
import { CpuMeter } from './measure/processes.js';
import { distributionOf, quantile, type Distribution } from './measure/quantiles.js';

export interface RunPlan extends Omit<GeneratorPlan, 'file'> {
  name: string;
  folder: string;
  sinkFile: string;
  webhookFile?: string;
  /** Processes whose CPU is counted, by name. */
  processes: ReadonlyMap<string, number>;
}

export interface RunResult {
  name: string;
  offeredPerSecond: number;
  acceptedPerSecond: number;
  deliveredPerSecond: number;
  delivered: number;
  refused: number;
  ledger: LedgerResult;
  accept: Distribution;
  sink: Distribution;
  webhook?: Distribution;
  /** Accepted and not yet received when the last call had left. */
  lagAtEnd: number;
  generatorLag: Distribution;
  generatorLate: boolean;
  cpuMicrosPerRecipient: number;
  processes: ReturnType<CpuMeter['stop']>;
  efficiency?: number;
  series: { accepted: number; received: number; acceptP99Millis: number; sinkP99Millis: number }[];
}

/** A generator whose own lag exceeds this share of the p99 has measured itself. */
const GENERATOR_LAG_SHARE = 0.01;
const DRAIN = { deadlineMs: 120_000, quietMs: 120_000 };
/** These are the instrument, not the product: they are shown and not added up. */
const INSTRUMENTS = /^(generator|smtp-sink|webhook-sink|baseline-probe)$/;

export async function run(plan: RunPlan): Promise<RunResult> {
  mkdirSync(plan.folder, { recursive: true });
  const file = join(plan.folder, `${plan.name}-calls.jsonl`);
  const meter = new CpuMeter(plan.processes);
  await runChild(join(import.meta.dirname, 'load/generator.js'), [JSON.stringify({ ...plan, processes: undefined, file })]);
  const calls = readCalls(file);
  const mails = await drained(plan.sinkFile, new Set(calls.flatMap((call) => call.messageIds ?? [])), DRAIN);
  const processes = meter.stop();
  return account(plan, calls, mails, processes);
}

function account(plan: RunPlan, calls: CallRecord[], mails: SinkLine[], processes: RunResult['processes']): RunResult {
  const accepted = calls.filter((call) => call.status === 202);
  const scheduled = new Map(accepted.flatMap((call) => (call.messageIds ?? []).map((id) => [id, call.t0] as const)));
  const arrival = new Map(mails.map((mail) => [mail.messageId, mail.at]));
  const sinkWaits = mails.map((mail) => mail.at - (scheduled.get(mail.messageId) ?? mail.at));
  const acceptWaits = accepted.map((call) => call.t2 - call.t0);
  const lastLeft = Math.max(...calls.map((call) => call.t0));
  const firstLeft = Math.min(...calls.map((call) => call.t0));
  const lastArrived = mails.reduce((last, mail) => Math.max(last, mail.at), firstLeft + 1);
  const generatorLag = calls.map((call) => call.t1 - call.t0);
  const cpu = Object.entries(processes).filter(([name]) => !INSTRUMENTS.test(name));
  const recipients = accepted.reduce((sum, call) => sum + (call.messageIds?.length ?? 0), 0);
  return {
    name: plan.name,
    offeredPerSecond: plan.recipientsPerSecond,
    acceptedPerSecond: Math.round(recipients / plan.seconds),
    deliveredPerSecond: Math.round((mails.length * 1e6) / (lastArrived - firstLeft)),
    delivered: mails.length,
    refused: calls.length - accepted.length,
    ledger: checkLedger(calls, mails),
    accept: distributionOf(acceptWaits),
    sink: distributionOf(sinkWaits),
    ...webhookWaits(plan, arrival),
    lagAtEnd: [...scheduled.keys()].filter((id) => (arrival.get(id) ?? Infinity) > lastLeft).length,
    generatorLag: distributionOf(generatorLag),
    generatorLate: quantile(generatorLag, 0.99) > GENERATOR_LAG_SHARE * quantile(sinkWaits, 0.99),
    cpuMicrosPerRecipient: Math.round(cpu.reduce((sum, [, use]) => sum + use.cpuMicros, 0) / Math.max(1, mails.length)),
    processes,
    series: seriesOf(plan.seconds, firstLeft, accepted, mails, scheduled),
  };
}

function webhookWaits(plan: RunPlan, arrival: ReadonlyMap<string, number>): { webhook?: Distribution } {
  if (!plan.webhookFile) return {};
  const lines = readSink(plan.webhookFile).filter((line) => arrival.has(line.messageId));
  return { webhook: distributionOf(lines.map((line) => line.at - (arrival.get(line.messageId) ?? line.at))) };
}

function seriesOf(
  seconds: number,
  start: number,
  accepted: readonly CallRecord[],
  mails: readonly SinkLine[],
  scheduled: ReadonlyMap<string, number>,
): RunResult['series'] {
  const second = (at: number): number => Math.floor((at - start) / 1e6);
  return Array.from({ length: seconds }, (_, i) => {
    const calls = accepted.filter((call) => second(call.t0) === i);
    const arrived = mails.filter((mail) => second(mail.at) === i);
    return {
      accepted: calls.reduce((sum, call) => sum + (call.messageIds?.length ?? 0), 0),
      received: arrived.length,
      acceptP99Millis: quantile(calls.map((call) => call.t2 - call.t0), 0.99) / 1_000 || 0,
      sinkP99Millis: quantile(arrived.map((mail) => mail.at - (scheduled.get(mail.messageId) ?? mail.at)), 0.99) / 1_000 || 0,
    };
  });
}
