import { headOf, type Chart, type PartReport } from '../report/report.js';
import { ledgerCheck, shareOf, type Check, type Detail, type Figure } from '../report/figures.js';
import { addsUp } from '../load/executions.js';
import type { ProcessUses } from '../ingest/ingest-report.js';
import { quantile } from '../measure/quantiles.js';
import type { RunResult } from '../run.js';
import type { AudienceOutcome, RateOutcome, RulesOutcome, RunOutcome, UploadOutcome } from './steps.js';

const one = (value: number): string => value.toFixed(1);
const STORES = /^(postgres|kafka|redis|smtp-sink)$/;

/** The service of most resident memory, and how much. */
export function largestOf(processes: ProcessUses): string {
  const [name = '–', use] = Object.entries(processes).filter(([process]) => !STORES.test(process)).toSorted(([, a], [, b]) => b.peakResidentMegabytes - a.peakResidentMegabytes)[0] ?? [];
  return `${use?.peakResidentMegabytes ?? 0} MB (${name})`;
}

function rulesFigures({ indexedMs, indexedCount, allMs, evaluationSeconds, evaluationSize }: RulesOutcome): Figure[] {
  const at = (ms: readonly number[]): string => `${Math.round(quantile(ms, 0.5))} ms median, ${Math.round(Math.max(...ms))} ms at most`;
  return [
    { id: 'rules', what: `count of an indexed rule (${indexedCount} match), by the API`, value: at(indexedMs), goal: '≤ 1 s' },
    { id: 'rules', what: 'count of a rule that all match', value: at(allMs), goal: '' },
    { id: 'rules', what: `evaluation into ${evaluationSize} members`, value: `${one(evaluationSeconds)} s`, goal: '≤ 15 s' },
  ];
}

function uploadFigures({ rows, megabytes, seconds, profilesMade, processes }: UploadOutcome): Figure[] {
  return [
    { id: 'CSV', what: `${rows} rows of ${profilesMade === undefined ? 'known profiles' : 'newcomers, whose profiles it makes'} (${megabytes} MB), from the first byte to the answer`, value: `${Math.round(rows / seconds)} rows/s`, goal: '≥ 20,000 rows/s' },
    { id: 'CSV', what: 'peak memory of a service meanwhile', value: largestOf(processes), goal: 'flat' },
  ];
}

function rateFigures({ sendRate, seconds, kept }: RateOutcome): Figure[] {
  const off = `${kept.deviation < 0 ? '' : '+'}${(kept.deviation * 100).toFixed(2)} %`;
  return [
    { id: 'rate', what: `mails/s at the sink over ${seconds} s, set to ${sendRate}/s`, value: `${kept.perSecond}/s (${off}); ${kept.slowest} to ${kept.fastest} in a second`, goal: 'exact to 2 %' },
  ];
}

/** P16 and goodput are of the same load with and without the run that waits. */
export function runFigures({ pace, processes, idle, during, waiting, totals, cancelSeconds }: RunOutcome): Figure[] {
  return [
    { id: 'run', what: `${pace.count} members resolved into recipients, first to last record`, value: `${pace.perSecond}/s`, goal: '≥ 20,000/s' },
    { id: 'run', what: 'from the call to the first recipient', value: `${one(pace.firstAfterMs / 1_000)} s`, goal: '≤ 2 s' },
    { id: 'run', what: 'peak memory of a service meanwhile', value: largestOf(processes), goal: '≤ 250 MB' },
    { id: 'P18', what: `rate of the last tenth (${pace.lastTenthPerSecond}/s) / the first (${pace.firstTenthPerSecond}/s)`, value: pace.lastOfFirst.toFixed(2), goal: '≥ 0.90' },
    { id: 'P16', what: `transactional p99 to the sink while ${waiting.after} to ${waiting.before} wait (${during.sink.p99} ms) / idle (${idle.sink.p99} ms)`, value: shareOf(during.sink.p99, idle.sink.p99), goal: '≤ 2' },
    { id: 'P16', what: `transactional goodput while it waits (${during.deliveredPerSecond}/s) / idle (${idle.deliveredPerSecond}/s)`, value: shareOf(during.deliveredPerSecond, idle.deliveredPerSecond), goal: 'unchanged' },
    { id: 'I0', what: 'pending after the run was cancelled', value: `${totals.pending} after ${one(cancelSeconds)} s`, goal: '0' },
  ];
}

export function audienceFigures({ rules, upload, rate, run }: AudienceOutcome): Figure[] {
  return [...(rules ? rulesFigures(rules) : []), ...(upload ? uploadFigures(upload) : []), ...(rate ? rateFigures(rate) : []), ...(run ? runFigures(run) : [])];
}

/** I0 and the log: nobody left out, nobody twice, whatever the figures say. */
export function audienceChecks({ profiles, rules, upload, rate, run }: AudienceOutcome): Check[] {
  const checks: Check[] = [];
  if (rules) checks.push({ what: 'the evaluation has everybody', passed: rules.evaluationSize === profiles, detail: `${rules.evaluationSize} of ${profiles}` });
  if (upload) {
    checks.push({
      what: 'each row of the upload is a member', passed: upload.members === profiles && upload.rows === profiles && upload.failedRows === 0,
      detail: `${upload.rows} rows, ${upload.members} members, ${upload.failedRows} failed`,
    });
    if (upload.profilesMade !== undefined) checks.push({ what: 'each newcomer has a profile', passed: upload.profilesMade === profiles, detail: `${upload.profilesMade} made` });
  }
  if (rate) checks.push(...totalsChecks('the run at a send rate', rate.members, rate.totals, rate.mails));
  return run ? [...checks, ...runChecks(profiles, run)] : checks;
}

function totalsChecks(run: string, members: number, totals: RunOutcome['totals'], mails: RunOutcome['mails']): Check[] {
  const { targeted, ...parts } = totals;
  const accounted = Object.entries(parts).filter(([, part]) => part > 0).map(([name, part]) => `${name} ${part}`).join(', ');
  // While some are pending the totals may lag behind the sink.
  const mailsFit = totals.pending > 0 ? mails.count >= totals.sent : mails.count === totals.sent;
  return [
    { what: `I0: the totals of ${run} add up`, passed: addsUp(totals, members), detail: `${targeted} = ${accounted}` },
    { what: `mails of ${run} at the sink`, passed: mailsFit && mails.doubled === 0, detail: `${mails.count} received, ${mails.doubled} doubled, ${totals.sent} sent by the totals` },
  ];
}

function runChecks(profiles: number, { targeted, missingIdentity, pace, repeated, resolvedByApi, totals, mails, idle, during }: RunOutcome): Check[] {
  return [
    { what: 'each member is one recipient on the log', passed: pace.count + missingIdentity === profiles && targeted === profiles && resolvedByApi === profiles,
      detail: `${pace.count} distinct, ${repeated} repeated, ${missingIdentity} without the identity, of ${profiles}; the API says ${resolvedByApi}` },
    ...totalsChecks('the cancelled run', profiles, totals, mails),
    ...[idle, during].map(({ name, ledger, refused }) => {
      const check = ledgerCheck(ledger);
      return { what: `transactional, ${name}: ${check.what}`, passed: check.passed && refused === 0, detail: `${check.detail}, ${refused} refused` };
    }),
  ];
}

function processTable(title: string, processes: ProcessUses): Detail {
  return {
    title: `Processes: ${title}`, columns: ['process', 'CPU s', 'MB before', 'peak MB'],
    rows: Object.entries(processes).map(([name, use]) => [name, one(use.cpuMicros / 1e6), use.firstResidentMegabytes, use.peakResidentMegabytes]),
  };
}

function transactionalTable({ idle, during, sendRatePerSecond, cancelSeconds, cancelTries }: RunOutcome): Detail {
  const row = ({ name, offeredPerSecond, deliveredPerSecond, accept, sink, generatorLag }: RunResult): (string | number)[] =>
    [name, offeredPerSecond, deliveredPerSecond, accept.p50, accept.p99, sink.p50, sink.p99, generatorLag.p99];
  return {
    title: 'Transactional load, 20 recipients a call',
    columns: ['', 'offered/s', 'delivered/s', '202 p50 ms', '202 p99 ms', 'sink p50 ms', 'sink p99 ms', 'generator late, p99 ms'],
    rows: [row(idle), row(during)],
    notes: [`The run waits by its send rate of ${sendRatePerSecond}/s. Cancelled (asked for ${cancelTries} times), its totals were final after ${one(cancelSeconds)} s.`],
  };
}

function chartsOf({ rate, run }: AudienceOutcome): Chart[] {
  const chart = (name: string, title: string, y: string, label: string, points: Chart['series'][number]['points']): Chart => ({ name, title, x: 'second', y, series: [{ name: label, points }] });
  return [
    ...(rate ? [chart('send-rate', `a run at ${rate.sendRate}/s: mails each second`, 'mails/s', 'received', rate.kept.series)] : []),
    ...(run ? [chart('audience-rate', 'a run: recipients resolved each second', 'recipients/s', 'resolved', run.pace.series)] : []),
  ];
}

export function audienceReport(outcome: AudienceOutcome, command: string): PartReport {
  const { profiles, population, rules, upload, run } = outcome;
  const loading: Detail = {
    title: 'The population', columns: ['profiles', 'loaded now', 'seconds'], rows: [[profiles, population.loaded, one(population.seconds)]],
    notes: ['Written into the schema of profiles by SQL as the superuser of the stack, then vacuumed and analysed. Everything else goes through the public APIs.'],
  };
  return {
    ...headOf(), command, figures: audienceFigures(outcome), checks: audienceChecks(outcome),
    details: [
      ...(run ? [transactionalTable(run), processTable('the run being resolved', run.processes)] : []),
      ...(upload ? [processTable('the upload', upload.processes)] : []),
      ...(rules ? [processTable('counts and evaluation', rules.processes)] : []),
      loading,
    ],
    charts: chartsOf(outcome),
  };
}
