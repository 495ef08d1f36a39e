import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '../run.js';
import type { Probes } from '../probes/take-probes.js';
import { figureLines, type Check, type Detail, type Figure } from './figures.js';
import { lineChart, type Series } from './svg.js';

export interface ReportHead {
  takenAt: string;
  machine: { cpus: number; model: string; node: string };
  durability: string;
  probesBefore?: Probes;
  probesAfter?: Probes;
  /** Probes whose two brackets differ by more than 10 %: the run should be repeated. */
  noisyProbes: string[];
}

/** Of the pipeline's runs. */
export interface Report extends ReportHead {
  runs: RunResult[];
}

export interface Chart {
  name: string;
  title: string;
  x: string;
  y: string;
  series: Series[];
}

/** Of one part. */
export interface PartReport extends ReportHead {
  command: string;
  figures: Figure[];
  checks: Check[];
  details: Detail[];
  charts: Chart[];
}

const DURABILITY = 'Kafka acks=all, idempotent; Postgres fsync and synchronous_commit on; Redis holds leases only.';

const BRACKET_TOLERANCE = 0.1;

export function noisyProbesOf(before: Probes, after: Probes): string[] {
  return Object.keys(before).filter((name) => {
    const [a, b] = [before[name]?.perSecond ?? 0, after[name]?.perSecond ?? 0];
    return Math.abs(a - b) > BRACKET_TOLERANCE * Math.max(a, b);
  });
}

/** What every report says of its circumstances. */
export function headOf(before?: Probes, after?: Probes): ReportHead {
  return {
    takenAt: new Date().toISOString(),
    machine: { cpus: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version },
    durability: DURABILITY,
    probesBefore: before,
    probesAfter: after,
    noisyProbes: before && after ? noisyProbesOf(before, after) : [],
  };
}

/** Writes report.json, report.md and the plots; answers the text. */
export function writePartReport(folder: string, report: PartReport): string {
  const { charts, ...rest } = report;
  const lines = [...titleOf(report), `Command: \`npm run bench -- ${report.command}\``, '', ...figureLines(report.figures, report.checks, report.details)];
  if (report.probesBefore) lines.push(...probeTable(report));
  const text = `${lines.join('\n')}\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify({ ...rest, charts: charts.map(({ name, series }) => ({ name, series })) }, null, 2)}\n`);
  writeFileSync(join(folder, 'report.md'), text);
  for (const { name, title, x, y, series } of charts) writeFileSync(join(folder, `${name}.svg`), lineChart(title, x, y, series));
  return text;
}

export function writeReport(folder: string, report: Report): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, 'report.md'), tableOf(report));
  for (const run of report.runs) {
    const perSecond = (pick: (second: RunResult['series'][number]) => number): [number, number][] => run.series.map((second, i) => [i, pick(second)]);
    const rates = [
      { name: 'accepted', points: perSecond((second) => second.accepted) },
      { name: 'at the sink', points: perSecond((second) => second.received) },
    ];
    writeFileSync(join(folder, `${run.name}-rate.svg`), lineChart(`${run.name}: recipients each second`, 'second', 'recipients/s', rates));
    const waits = [
      { name: '202, p99', points: perSecond((second) => second.acceptP99Millis) },
      { name: 'sink, p99', points: perSecond((second) => second.sinkP99Millis) },
    ];
    writeFileSync(join(folder, `${run.name}-latency.svg`), lineChart(`${run.name}: latency from the scheduled time`, 'second', 'ms', waits));
  }
}

export function tableOf(report: Report): string {
  const lines = titleOf(report);
  for (const run of report.runs) lines.push(...runTable(run));
  if (report.probesBefore) lines.push(...probeTable(report));
  return `${lines.join('\n')}\n`;
}

function titleOf({ takenAt, machine, durability }: ReportHead): string[] {
  return [`# Run of ${takenAt}`, '', `${machine.cpus} × ${machine.model}, Node ${machine.node}. ${durability}`, ''];
}

function runTable(run: RunResult): string[] {
  const verdict = run.ledger.balanced ? 'balanced' : '**NOT BALANCED: the run is void**';
  const processes = Object.entries(run.processes).map(
    ([name, use]) => `| ${name} | ${run.delivered === 0 ? '–' : Math.round(use.cpuMicros / run.delivered)} | ${use.peakResidentMegabytes} |`,
  );
  return [
    `## ${run.name}`, '', '| figure | value |', '|---|---|',
    `| offered / accepted / delivered, recipients/s | ${run.offeredPerSecond} / ${run.acceptedPerSecond} / ${run.deliveredPerSecond} |`,
    `| refused calls | ${run.refused} |`,
    `| ledger | ${verdict}: ${run.ledger.accepted} promised, ${run.ledger.received} received, ${run.ledger.lost.length} lost, ${run.ledger.doubled.length} doubled |`,
    `| 202 from the scheduled time, ms: p50 / p99 / max | ${run.accept.p50} / ${run.accept.p99} / ${run.accept.max} |`,
    `| first byte at the sink, ms: p50 / p99 / max | ${run.sink.p50} / ${run.sink.p99} / ${run.sink.max} |`,
    ...(run.webhook ? [`| webhook received after the sink, ms: p50 / p99 / max | ${run.webhook.p50} / ${run.webhook.p99} / ${run.webhook.max} |`] : []),
    `| lag at the end of the offer, recipients | ${run.lagAtEnd} |`,
    `| generator's own lag p99, ms | ${run.generatorLag.p99}${run.generatorLate ? ' (over 1 % of the latency: void)' : ''} |`,
    `| CPU µs a recipient, all of the product and its stores | ${run.cpuMicrosPerRecipient} |`,
    ...(run.efficiency === undefined ? [] : [`| efficiency against the floor probes | ${run.efficiency} |`]),
    '', '| process | CPU µs a recipient | peak MB |', '|---|---|---|', ...processes, '',
  ];
}

function probeTable(report: ReportHead): string[] {
  const rows = Object.entries(report.probesBefore ?? {}).map(([name, before]) => {
    const after = report.probesAfter?.[name];
    return `| ${name} | ${before.perSecond} | ${after?.perSecond ?? '–'} | ${before.clientMicros} |`;
  });
  const noise = report.noisyProbes.length ? `Brackets differ by more than 10 % for ${report.noisyProbes.join(', ')}: repeat the run.` : 'Brackets agree within 10 %.';
  return ['## Floor probes', '', '| probe | before, /s | after, /s | client CPU µs |', '|---|---|---|---|', ...rows, '', noise, ''];
}
