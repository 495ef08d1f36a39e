/**
 * P1 and P2: ingest-api alone. All consumers behind it are frozen while calls are made and F1 is probed, so that what it accepts waits on
 * the log; then the campaign is stopped and they go on: what waits is cancelled, and the totals of every execution are checked.
 * Mails are short (ingest-api never sees them).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EXIT_UNBALANCED, say, type BenchCommand } from '../command.js';
import { findMax } from '../find-max.js';
import { totalsOf } from '../load/executions.js';
import type { CallRecord, GeneratorPlan } from '../load/generator.js';
import { shortMessageB } from '../load/message-b.js';
import { stopCampaign } from '../load/scenario.js';
import { runChild } from '../measure/child.js';
import { whileFrozen } from '../measure/frozen.js';
import { readCalls, readSink } from '../measure/ledger-check.js';
import { CpuMeter } from '../measure/processes.js';
import { PART_HELP, parsePart } from '../options.js';
import { takeProbes } from '../probes/take-probes.js';
import { writePartReport } from '../report/report.js';
import { readStack, type Stack } from '../stack.js';
import { openTarget, type Target } from '../target.js';
import { ingestReport, type IngestOutcome, type ProcessUses } from './ingest-report.js';
import { settled, settlementOf } from './settlement.js';
import { isIngestHeld, trialOf, type Trial } from './trial.js';

const DOWNSTREAM = new Set(['audience-resolver', 'profile-creator', 'dispatcher', 'webhook-notifier']);
const RECIPIENTS_PER_CALL = 20;
/** Until the machine code of broker and service is made: at first the same rate costs several times as much. */
const WARM_UP = { perSecond: 12_000, seconds: 20 };
const TRIAL_SECONDS = 5;
/** Between offers, so that none pays for what the one before left behind. */
const REST_MS = 2_000;
const STEP_DOWN = 0.93;
const CONFIRMATIONS = 4;
const P2_SHARE = 0.7;

const DEFAULTS = { seconds: 60, from: 12_000, profiles: 20_000, 'settle-seconds': 1_200 };

const HELP = `npm run bench -- ingest [options]     P1 and P2: recipients/s that ingest-api alone accepts, and its p99 at 70 % of that

  --seconds N          of the confirmed run and of the run at 70 % (default ${DEFAULTS.seconds})
  --from N             recipients/s of the first trial        (default ${DEFAULTS.from})
  --settle-seconds N   how long cancelling may take           (default ${DEFAULTS['settle-seconds']})
  --profiles N         profiles to send to                    (default ${DEFAULTS.profiles})
${PART_HELP}
The consumers behind ingest-api are frozen (SIGSTOP) during the calls, and go on afterwards whatever happens. What was accepted
is cancelled then, and every execution must add up. Two to five million recipients are accepted, which takes up to 12 GB of disk.
`;

interface Options extends ReturnType<typeof parsePart> {
  numbers: typeof DEFAULTS;
}

/** Makes the calls of one command, one offer after the other, and keeps what was answered. */
class Offers {
  readonly calls: CallRecord[] = [];
  private count = 0;

  constructor(
    private readonly target: Target,
    private readonly options: Options,
  ) {}

  async offer(name: string, offeredPerSecond: number, seconds: number): Promise<Trial> {
    const file = join(this.options.out, `${(this.count += 1)}-${name}-calls.jsonl`);
    const { url, headers, campaignId } = this.target;
    const plan: GeneratorPlan = {
      url, headers, campaignId, profiles: this.options.numbers.profiles, recipientsPerCall: RECIPIENTS_PER_CALL,
      recipientsPerSecond: offeredPerSecond, seconds, runId: `${name}-${Date.now().toString(36)}`, file,
    };
    await runChild(join(import.meta.dirname, '../load/generator.js'), [JSON.stringify(plan)]);
    await setTimeout(REST_MS);
    const calls = readCalls(file);
    this.calls.push(...calls);
    const trial = trialOf({ name, offeredPerSecond, seconds, recipientsPerCall: RECIPIENTS_PER_CALL }, calls);
    say(`${name}: ${offeredPerSecond}/s offered, ${trial.acceptedPerSecond}/s accepted, p99 ${trial.accept.p99} ms, ${trial.refused} refused: ${isIngestHeld(trial) ? 'held' : 'not held'}`);
    return trial;
  }

  get accepted(): number {
    return this.calls.reduce((sum, call) => sum + (call.messageIds?.length ?? 0), 0);
  }
}

interface Measured extends Pick<IngestOutcome, 'trials' | 'confirmed' | 'at70'> {
  processes: ProcessUses;
}

async function measure(offers: Offers, target: Target, { numbers }: Options): Promise<Measured> {
  const trials = [await offers.offer('warm-up', WARM_UP.perSecond, WARM_UP.seconds)];
  const held = async (rate: number): Promise<boolean> => {
    const trial = await offers.offer(`trial-${trials.length}`, rate, TRIAL_SECONDS);
    trials.push(trial);
    return isIngestHeld(trial);
  };
  let rate = await findMax({ from: numbers.from, precision: 0.1 }, held);
  let confirmed: Trial | undefined;
  let processes: ProcessUses = {};
  for (let i = 0; i < CONFIRMATIONS && rate > 0 && !confirmed; i += 1) {
    const meter = new CpuMeter(target.processes);
    const trial = await offers.offer('confirmation', rate, numbers.seconds);
    processes = meter.stop();
    trials.push(trial);
    if (isIngestHeld(trial)) confirmed = trial;
    else rate = Math.round(rate * STEP_DOWN);
  }
  const share = Math.round(rate * P2_SHARE);
  const at70 = confirmed && (await offers.offer('at-70-percent', share, numbers.seconds));
  return { trials, confirmed, at70, processes };
}

/** Cancels what waits, and asks what became of it. */
async function settle(stack: Stack, target: Target, { calls }: Offers, { numbers }: Options): Promise<Pick<IngestOutcome, 'settlement' | 'settleSeconds'>> {
  const startedAt = performance.now();
  const executionIds = calls.flatMap(({ executionId }) => executionId ?? []);
  const totals = await settled(executionIds, (id) => totalsOf(stack, id), numbers['settle-seconds'] * 1_000);
  const mails = existsSync(target.sinkFile) ? readSink(target.sinkFile) : [];
  return { settlement: settlementOf(calls, totals, mails), settleSeconds: Math.round((performance.now() - startedAt) / 1_000) };
}

async function bench(stack: Stack, target: Target, options: Options): Promise<number> {
  const probe = (): ReturnType<typeof takeProbes> => takeProbes(stack, target.smtpPort, ['F1']);
  const offers = new Offers(target, options);
  const pids = stack.processes.filter(({ name }) => DOWNSTREAM.has(name)).map(({ pid }) => pid);
  const { before, after, ...measured } = await whileFrozen(pids, async () => {
    try {
      const first = options.probes ? await probe() : undefined;
      const all = await measure(offers, target, options);
      return { ...all, before: first, after: options.probes ? await probe() : undefined };
    } finally {
      await stopCampaign(stack, target.campaignId);
    }
  });
  say(`consumers go on: ${offers.accepted} recipients are cancelled`);
  const outcome = { ...measured, ...(await settle(stack, target, offers, options)) };
  console.log(`\n${writePartReport(options.out, ingestReport(outcome, before, after))}\nbench: report and plots are in ${options.out}`);
  if (!outcome.settlement.balanced) return EXIT_UNBALANCED;
  return outcome.confirmed ? 0 : 1;
}

export const ingest: BenchCommand = {
  summary: 'P1, P2: what ingest-api alone accepts, as a share of F1',
  help: HELP,
  async run(args) {
    const options = parsePart(args, DEFAULTS, new Date());
    const stack = readStack(options.stackFile);
    const { profiles } = options.numbers;
    const target = await openTarget(stack, { out: options.out, profiles, webhooks: false, baseline: false, content: shortMessageB });
    try {
      return await bench(stack, target, options);
    } finally {
      await target.stop();
    }
  },
};
