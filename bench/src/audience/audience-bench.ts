/** Figures of audiences: rules over a large population, an upload, a run, and transactional mail while that waits. */
import { EXIT_UNBALANCED, say, type BenchCommand } from '../command.js';
import { stopCampaign } from '../load/scenario.js';
import { PART_HELP, UsageError, parsePart } from '../options.js';
import { writePartReport } from '../report/report.js';
import { readStack } from '../stack.js';
import { openTarget } from '../target.js';
import { audienceReport } from './audience-report.js';
import { loadPeople, removePeople } from './people.js';
import { rateStep } from './rate-step.js';
import { evaluatedAudience, rulesStep } from './rules-step.js';
import { runStep } from './run-step.js';
import { STEPS, type AudienceBench, type AudienceOutcome, type Step } from './steps.js';
import { uploadStep } from './upload-step.js';

const DEFAULTS = { profiles: 1_000_000, seconds: 30, rate: 500, 'send-rate': 1_000 };
const TRANSACTIONAL_PROFILES = 20_000;

const HELP = `npm run bench -- audience [steps] [options]     audiences of many: ${STEPS.join(', ')}; all of them when none is named

  load                 loads the population (SQL, as superuser); the other steps do so when it is not there
  rules                counts an indexed rule, evaluates a rule audience of everybody
  upload               a CSV of everybody
  rate                 a run to a tenth of them at a send rate: how exactly it is kept
  run                  resolves everybody into recipients, measures a transactional load before and while they wait,
                       cancels the run and adds up (P16, P18)
  alone                with run: what comes after audience-resolver stands still (SIGSTOP) while everybody is resolved
  newcomers            with upload: nobody in the CSV is known, and the upload makes their profiles; they are removed afterwards
  clean                removes the population

  --profiles N         how many people                        (default ${DEFAULTS.profiles})
  --seconds N          of each transactional load, and of rate (default ${DEFAULTS.seconds})
  --rate N             recipients a second of the former      (default ${DEFAULTS.rate})
  --send-rate N        mails a second of the latter, 1-2000   (default ${DEFAULTS['send-rate']})
${PART_HELP}
No floor probes are taken: these figures are times and rates of their own.
`;

const WORDS = ['load', ...STEPS, 'alone', 'newcomers', 'clean'];

/** Leading words are steps, the rest are options. @throws UsageError on a word that is none */
export function stepsIn(args: readonly string[]): { words: string[]; rest: string[] } {
  const first = args.findIndex((arg) => arg.startsWith('-'));
  const words = first < 0 ? [...args] : args.slice(0, first);
  const unknown = words.find((word) => !WORDS.includes(word));
  if (unknown !== undefined) throw new UsageError(`"${unknown}" is not a step: ${WORDS.join(', ')}.`);
  return { words: words.length ? words : [...STEPS], rest: first < 0 ? [] : args.slice(first) };
}

async function outcomeOf(bench: AudienceBench, steps: ReadonlySet<Step>, population: AudienceOutcome['population']): Promise<AudienceOutcome> {
  const outcome: AudienceOutcome = { profiles: bench.profiles, population };
  let audienceId: string | undefined;
  if (steps.has('rules')) ({ audienceId, outcome: outcome.rules } = await rulesStep(bench));
  if (steps.has('upload')) outcome.upload = await uploadStep(bench);
  if (steps.has('rate')) outcome.rate = await rateStep(bench);
  if (steps.has('run')) outcome.run = await runStep(bench, audienceId ?? (await evaluatedAudience(bench.stack)).audienceId);
  return outcome;
}

async function measured(bench: AudienceBench, steps: ReadonlySet<Step>, population: AudienceOutcome['population']): Promise<number> {
  const outcome = await outcomeOf(bench, steps, population);
  const report = audienceReport(outcome, bench.command);
  console.log(`\n${writePartReport(bench.out, report)}\nbench: report and plots are in ${bench.out}`);
  return report.checks.every(({ passed }) => passed) ? 0 : EXIT_UNBALANCED;
}

export const audience: BenchCommand = {
  summary: 'rules, an upload and a run over a million profiles; P16, P18',
  help: HELP,
  async run(args) {
    const { words, rest } = stepsIn(args);
    const { numbers, stackFile, out } = parsePart(rest, DEFAULTS, new Date());
    const stack = readStack(stackFile);
    if (words.includes('clean')) await removePeople(stack);
    const steps = new Set(STEPS.filter((step) => words.includes(step)));
    if (steps.size === 0 && !words.includes('load')) return 0;
    say(`population of ${numbers.profiles}`);
    const population = await loadPeople(stack, numbers.profiles);
    say(population.loaded ? `loaded in ${population.seconds.toFixed(1)} s` : 'it is there already');
    if (steps.size === 0) return 0;
    const target = await openTarget(stack, { out, profiles: TRANSACTIONAL_PROFILES, webhooks: false, baseline: false });
    try {
      const manner = { command: ['audience', ...words].join(' '), isAlone: words.includes('alone'), ofNewcomers: words.includes('newcomers') };
      const bench = { stack, target, out, ...numbers, sendRate: numbers['send-rate'], transactionalProfiles: TRANSACTIONAL_PROFILES, ...manner };
      return await measured(bench, steps, population);
    } finally {
      await stopCampaign(stack, target.campaignId);
      await target.stop();
    }
  },
};
