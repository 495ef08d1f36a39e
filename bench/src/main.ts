import { cpus } from 'node:os';
import { join } from 'node:path';
import { findMax } from './find-max.js';
import { efficiencyOf } from './measure/efficiency.js';
import { runChild } from './measure/child.js';
import { HELP, UsageError, parseOptions, type BenchOptions } from './options.js';
import type { ProbeTargets } from './probes/probe.js';
import { noisyProbesOf, tableOf, writeReport, type Probes, type Report } from './report/report.js';
import { run, type RunResult } from './run.js';
import { readStack, type Stack } from './stack.js';
import { openTarget, type Target } from './target.js';

const WARM_UP_SECONDS = 8;
const TRIAL_SECONDS = 15;
const EXIT_UNBALANCED = 3;
const DURABILITY = 'Kafka acks=all, idempotent; Postgres fsync and synchronous_commit on; Redis holds leases only.';

const say = (text: string): void => console.log(`bench: ${text}`);

async function probe(stack: Stack, smtpPort: number): Promise<Probes> {
  const pidOf = (name: string): number | undefined => stack.processes.find((one) => one.name === name)?.pid;
  const servers = Object.fromEntries(
    [['F2', pidOf('kafka')] as const, ['F3', pidOf('redis')] as const, ['F4', pidOf('postgres')] as const].filter(([, pid]) => pid !== undefined),
  ) as Record<string, number>;
  const targets: ProbeTargets = { kafkaBrokers: stack.kafkaBrokers, postgresUrl: stack.postgresUrl, redisUrl: stack.redisUrl, smtpPort, servers };
  say('floor probes, about 15 s');
  return JSON.parse(await runChild(join(import.meta.dirname, 'probes/probes.js'), [JSON.stringify(targets)])) as Probes;
}

async function measure(target: Target, options: BenchOptions, name: string, rate: number, seconds: number): Promise<RunResult> {
  say(`${name}: ${rate} recipients/s for ${seconds} s`);
  const result = await run({
    name, folder: options.out, sinkFile: target.sinkFile, webhookFile: target.webhookFile, processes: target.processes,
    url: target.url, headers: target.headers, campaignId: target.campaignId, profiles: options.profiles,
    recipientsPerCall: options.recipients, recipientsPerSecond: rate, seconds, runId: `${name}-${Date.now().toString(36)}`,
  });
  say(`${name}: ${result.deliveredPerSecond}/s at the sink, p99 ${result.sink.p99} ms, refused ${result.refused}, ${result.ledger.balanced ? 'balanced' : 'NOT BALANCED'}`);
  return result;
}

async function runsOf(target: Target, options: BenchOptions): Promise<RunResult[]> {
  const kind = options.baseline ? 'baseline' : 'product';
  await measure(target, options, 'warm-up', Math.max(options.recipients, Math.round(options.rate / 2)), WARM_UP_SECONDS);
  if (!options.findMax) return [await measure(target, options, kind, options.rate, options.seconds)];
  let trial = 0;
  const trials: RunResult[] = [];
  const highest = await findMax({ from: options.rate, precision: 0.05 }, async (rate) => {
    const result = await measure(target, options, `trial-${(trial += 1)}`, rate, TRIAL_SECONDS);
    trials.push(result);
    return result;
  });
  say(`highest rate held in trials: ${highest}`);
  return highest === 0 ? trials : [await measure(target, options, `${kind}-max`, highest, options.seconds)];
}

function reportOf(runs: RunResult[], before?: Probes, after?: Probes): Report {
  for (const result of runs) if (before) result.efficiency = efficiencyOf(before, result.cpuMicrosPerRecipient);
  return {
    takenAt: new Date().toISOString(),
    machine: { cpus: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version },
    durability: DURABILITY,
    probesBefore: before,
    probesAfter: after,
    noisyProbes: before && after ? noisyProbesOf(before, after) : [],
    runs,
  };
}

async function bench(options: BenchOptions): Promise<number> {
  const stack = readStack(options.stackFile);
  const target = await openTarget(stack, options);
  try {
    const before = options.probes ? await probe(stack, target.smtpPort) : undefined;
    const runs = await runsOf(target, options);
    const after = options.probes ? await probe(stack, target.smtpPort) : undefined;
    const report = reportOf(runs, before, after);
    writeReport(options.out, report);
    console.log(`\n${tableOf(report)}\nbench: report and plots are in ${options.out}`);
    return runs.every((result) => result.ledger.balanced) ? 0 : EXIT_UNBALANCED;
  } finally {
    await target.stop();
  }
}

try {
  const options = parseOptions(process.argv.slice(2), new Date());
  if (options) process.exitCode = await bench(options);
  else console.log(HELP);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}${error instanceof UsageError ? '\n\n' + HELP : ''}`);
  process.exitCode = 1;
}
