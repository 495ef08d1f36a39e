/** The whole pipeline, from the call to the sink, at a rate or at the highest that is held. */
import { say, EXIT_UNBALANCED, type BenchCommand } from './command.js';
import { findMax, isHeld } from './find-max.js';
import { efficiencyOf } from './measure/efficiency.js';
import { HELP, parseOptions, type BenchOptions } from './options.js';
import { takeProbes, type Probes } from './probes/take-probes.js';
import { headOf, tableOf, writeReport, type Report } from './report/report.js';
import { run, type RunResult } from './run.js';
import { readStack } from './stack.js';
import { openTarget, type Target } from './target.js';

const WARM_UP_SECONDS = 8;
const TRIAL_SECONDS = 15;

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
    return isHeld(result);
  });
  say(`highest rate held in trials: ${highest}`);
  return highest === 0 ? trials : [await measure(target, options, `${kind}-max`, highest, options.seconds)];
}

function reportOf(runs: RunResult[], before?: Probes, after?: Probes): Report {
  for (const result of runs) if (before) result.efficiency = efficiencyOf(before, result.cpuMicrosPerRecipient);
  return { ...headOf(before, after), runs };
}

export const pipeline: BenchCommand = {
  summary: 'the whole pipeline, from the call to the sink (when no command is named)',
  help: HELP,
  async run(args) {
    const options = parseOptions(args, new Date());
    if (!options) return 0;
    const stack = readStack(options.stackFile);
    const target = await openTarget(stack, options);
    try {
      const before = options.probes ? await takeProbes(stack, target.smtpPort) : undefined;
      const runs = await runsOf(target, options);
      const after = options.probes ? await takeProbes(stack, target.smtpPort) : undefined;
      const report = reportOf(runs, before, after);
      writeReport(options.out, report);
      console.log(`\n${tableOf(report)}\nbench: report and plots are in ${options.out}`);
      return runs.every((result) => result.ledger.balanced) ? 0 : EXIT_UNBALANCED;
    } finally {
      await target.stop();
    }
  },
};
