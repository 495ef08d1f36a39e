import type { CpuMeter } from '../measure/processes.js';
import { floorPerSecond, type Probes } from '../probes/take-probes.js';
import { shareOf, type Check, type Detail, type Figure } from '../report/figures.js';
import { headOf, type PartReport } from '../report/report.js';
import type { Settlement } from './settlement.js';
import { isIngestHeld, type Trial } from './trial.js';

export type ProcessUses = ReturnType<CpuMeter['stop']>;

export interface IngestOutcome {
  trials: readonly Trial[];
  confirmed?: Trial;
  at70?: Trial;
  processes: ProcessUses;
  settlement: Settlement;
  settleSeconds: number;
}

const RECIPIENTS_PER_CALL = 20;

export function ingestFigures({ confirmed, at70 }: Pick<IngestOutcome, 'confirmed' | 'at70'>, f1PerSecond: number | undefined): Figure[] {
  const rate = confirmed?.acceptedPerSecond ?? 0;
  const floor = f1PerSecond && Math.round(f1PerSecond * RECIPIENTS_PER_CALL);
  const at = at70 && `p50 ${at70.accept.p50}, p99 ${at70.accept.p99} ms at ${at70.offeredPerSecond}/s`;
  return [
    { id: 'P1', what: 'accepted recipients/s, highest held', value: confirmed ? `${rate}/s` : 'none held', goal: '' },
    { id: 'P1', what: `share of F1 × 20 (${floor ?? '–'}/s)`, value: confirmed ? shareOf(rate, floor) : '–', goal: '0.35 → 0.60 → 0.75' },
    { id: 'P2', what: '202 from the scheduled time, at 70 % of P1', value: at ?? '–', goal: 'p99 50 → 20 → 10 ms' },
  ];
}

export function ingestReport(outcome: IngestOutcome, before?: Probes, after?: Probes): PartReport {
  const { settlement, trials, confirmed, at70 } = outcome;
  const all = at70 ? [...trials, at70] : trials;
  const tried = trials.filter(({ name }) => name.startsWith('trial')).toSorted((a, b) => a.offeredPerSecond - b.offeredPerSecond);
  return {
    ...headOf(before, after),
    command: 'ingest',
    figures: ingestFigures(outcome, floorPerSecond('F1', before, after)),
    checks: checksOf(settlement),
    details: [trialTable(all), processTable(outcome.processes, confirmed), settlementTable(outcome)],
    charts: [
      {
        name: 'ingest-latency', title: 'ingest-api alone: 202 from the scheduled time, by rate', x: 'recipients/s offered', y: 'ms',
        series: [
          { name: 'p50', points: tried.map((one) => [one.offeredPerSecond, one.accept.p50] as const) },
          { name: 'p99', points: tried.map((one) => [one.offeredPerSecond, one.accept.p99] as const) },
        ],
      },
    ],
  };
}

export function checksOf({ accepted, mails, unsettled, uneven, contradicted, doubled, unasked }: Settlement): Check[] {
  return [
    { what: 'each accepted execution has ended', passed: unsettled.length === 0, detail: `${accepted} recipients accepted, ${unsettled.length} executions pending` },
    { what: 'every number adds up', passed: uneven.length === 0, detail: `${uneven.length} executions whose totals do not` },
    {
      what: 'as many mails as the totals say, none twice', passed: contradicted.length + doubled.length === 0,
      detail: `${mails} received before the stop, ${contradicted.length} executions say otherwise, ${doubled.length} doubled, ${unasked} without a 202`,
    },
  ];
}

function trialTable(trials: readonly Trial[]): Detail {
  return {
    title: 'Offers, ingest-api alone',
    columns: ['offer', 'seconds', 'offered/s', 'accepted/s', 'refused', 'p50 ms', 'p99 ms', 'growth ms', 'unanswered at the end', 'generator late, p99 ms', ''],
    rows: trials.map((one) => [
      one.name, one.seconds, one.offeredPerSecond, one.acceptedPerSecond, one.refused, one.accept.p50, one.accept.p99, one.growthMillis,
      one.unansweredAtEnd, one.generatorLagMillis, isIngestHeld(one) ? 'held' : 'not held',
    ]),
    notes: ['A lateness of the generator over 1 % of the p99 voids a latency, not a rate.'],
  };
}

function processTable(processes: ProcessUses, confirmed: Trial | undefined): Detail {
  const perRecipient = (micros: number): number | string => (confirmed?.accepted ? Math.round(micros / confirmed.accepted) : '–');
  return {
    title: 'Processes in the confirmed run',
    columns: ['process', 'CPU µs a recipient', 'peak MB'],
    rows: Object.entries(processes).map(([name, use]) => [name, perRecipient(use.cpuMicros), use.peakResidentMegabytes]),
  };
}

function settlementTable({ settlement, settleSeconds }: IngestOutcome): Detail {
  return {
    title: 'The backlog afterwards',
    columns: ['recipients', 'mails sent', 'cancelled', 'seconds until all had ended'],
    rows: [[settlement.accepted, settlement.mails, settlement.cancelled, settleSeconds]],
  };
}
