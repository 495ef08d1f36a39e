/**
 * P8, P12 and P13: the dispatcher alone. Recipients that are ready are published to its topic while it stands still; then it
 * alone of the services runs until their mails are at the sink. What the stores count in that time is the dispatcher's.
 * Limit: broker, stores and sink share the machine with it, as in every run.
 */
import { KafkaConnection, MessagePublisher } from '@postrider/kafka';
import { ExecutionResolved, RecipientReady } from '@postrider/contracts';
import { Logger, Metrics } from '@postrider/runtime';
import { setTimeout as wait } from 'node:timers/promises';
import { EXIT_UNBALANCED, say, type BenchCommand } from '../command.js';
import { liveVersionOf, stopCampaign } from '../load/scenario.js';
import { drained } from '../measure/drain.js';
import { whileFrozen } from '../measure/frozen.js';
import { checkLedger, type SinkLine } from '../measure/ledger-check.js';
import { CpuMeter } from '../measure/processes.js';
import { PART_HELP, parsePart } from '../options.js';
import { takeProbes } from '../probes/take-probes.js';
import { writePartReport } from '../report/report.js';
import { readStack, type Stack } from '../stack.js';
import { openTarget, type Target } from '../target.js';
import { arrivalsOf } from './arrivals.js';
import { dispatcherReport, type DispatcherOutcome } from './dispatcher-report.js';
import { readyRecords } from './ready-records.js';
import { SETTLE_MS, StoreMeter, between } from './store-counters.js';

const OTHERS = /^(ingest-api|audience-resolver|profile-creator|webhook-notifier|campaign-api)$/;
const WARM_UP_MESSAGES = 2_000;
const IDLE_MS = 3_000;
const DRAIN = { deadlineMs: 90_000, quietMs: 30_000 };
const PROBES = ['F3', 'F4', 'F6'];
const SEND_DEADLINE_MS = 30_000;

const DEFAULTS = { messages: 20_000 };

const HELP = `npm run bench -- dispatcher [options]     P8, P12, P13: the dispatcher alone, against its SMTP client alone

  --messages N         e-mails to send                        (default ${DEFAULTS.messages})
${PART_HELP}
The other services are frozen (SIGSTOP) meanwhile, and go on afterwards whatever happens.
`;

interface Options extends ReturnType<typeof parsePart> {
  numbers: typeof DEFAULTS;
}

/** What one command works with. */
interface Bench {
  stack: Stack;
  target: Target;
  campaignVersionId: string;
  publisher: MessagePublisher;
  dispatcherPid: number;
}

interface Sent {
  promised: string[];
  mails: SinkLine[];
  publishMs: number;
}

/** Publishes while the dispatcher stands still, lets it go, and waits for the mails. */
async function send({ stack, target, campaignVersionId, publisher, dispatcherPid }: Bench, messages: number): Promise<Sent> {
  const runId = `dispatcher-${Date.now().toString(36)}`;
  const { ready, resolved } = readyRecords({ stack, campaignId: target.campaignId, campaignVersionId, runId, messages });
  const startedAt = performance.now();
  await whileFrozen([dispatcherPid], async () => {
    await publisher.publish(ExecutionResolved, resolved);
    await publisher.publish(RecipientReady, ready);
  });
  const publishMs = Math.round(performance.now() - startedAt);
  const promised = ready.map(({ messageId }) => messageId);
  return { promised, publishMs, mails: await drained(target.sinkFile, new Set(promised), DRAIN) };
}

async function measure(bench: Bench, messages: number): Promise<DispatcherOutcome> {
  say(`warm-up: ${WARM_UP_MESSAGES} e-mails`);
  await send(bench, WARM_UP_MESSAGES);
  const meter = await StoreMeter.open(bench.stack);
  try {
    await wait(SETTLE_MS);
    const idleBefore = await meter.read();
    await wait(IDLE_MS);
    const before = await meter.read();
    say(`dispatcher alone: ${messages} e-mails`);
    const cpu = new CpuMeter(bench.target.processes);
    const { promised, mails, publishMs } = await send(bench, messages);
    const processes = cpu.stop();
    await wait(SETTLE_MS);
    const stores = between(before, await meter.read());
    const ledger = checkLedger([{ requestId: '', t0: 0, t1: 0, t2: 0, status: 202, messageIds: promised }], mails);
    return { messages, arrivals: arrivalsOf(mails), ledger, stores, idle: { seconds: IDLE_MS / 1_000, ...between(idleBefore, before) }, processes, publishMs };
  } finally {
    await meter.close();
  }
}

async function openBench(stack: Stack, target: Target): Promise<Bench> {
  const logger = Logger.create('bench', 'warn');
  const connection = new KafkaConnection({ brokers: stack.kafkaBrokers, clientId: 'bench', topicPrefix: '' }, logger);
  const publisher = new MessagePublisher(connection, { compression: 'none', sendDeadlineMs: SEND_DEADLINE_MS }, logger, new Metrics('bench'));
  const dispatcherPid = stack.processes.find(({ name }) => name === 'dispatcher')?.pid;
  if (dispatcherPid === undefined) throw new Error('The stack names no process of the dispatcher.');
  await publisher.ready();
  return { stack, target, campaignVersionId: await liveVersionOf(stack, target.campaignId), publisher, dispatcherPid };
}

async function bench(stack: Stack, target: Target, options: Options): Promise<number> {
  const probe = (): ReturnType<typeof takeProbes> => takeProbes(stack, target.smtpPort, PROBES);
  const opened = await openBench(stack, target);
  const others = stack.processes.filter(({ name }) => OTHERS.test(name)).map(({ pid }) => pid);
  const before = options.probes ? await probe() : undefined;
  const outcome = await whileFrozen(others, () => measure(opened, options.numbers.messages)).finally(() => opened.publisher.close());
  const after = options.probes ? await probe() : undefined;
  console.log(`\n${writePartReport(options.out, dispatcherReport(outcome, before, after))}\nbench: report and plots are in ${options.out}`);
  return outcome.ledger.balanced ? 0 : EXIT_UNBALANCED;
}

export const dispatcher: BenchCommand = {
  summary: 'P8, P12, P13: what the dispatcher alone sends, commits and asks of Redis',
  help: HELP,
  async run(args) {
    const options = parsePart(args, DEFAULTS, new Date());
    const stack = readStack(options.stackFile);
    const target = await openTarget(stack, { out: options.out, profiles: 1, webhooks: false, baseline: false });
    try {
      return await bench(stack, target, options);
    } finally {
      await stopCampaign(stack, target.campaignId);
      await target.stop();
    }
  },
};
