import type { ProcessUses } from '../ingest/ingest-report.js';
import type { LedgerResult } from '../measure/ledger-check.js';
import { floorPerSecond, type Probes } from '../probes/take-probes.js';
import { ledgerCheck, shareOf, type Detail, type Figure } from '../report/figures.js';
import { headOf, type PartReport } from '../report/report.js';
import type { Arrivals } from './arrivals.js';
import type { StoreCounters } from './store-counters.js';

export interface DispatcherOutcome {
  messages: number;
  arrivals: Arrivals;
  ledger: LedgerResult;
  /** What the stores did for the run, and in an idle time before it. */
  stores: StoreCounters;
  idle: StoreCounters & { seconds: number };
  processes: ProcessUses;
  publishMs: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** How often something was done for each so many e-mails, two decimals. */
export const per = (unit: number, count: number, messages: number): number => round((count * unit) / Math.max(1, messages));

export function dispatcherFigures(outcome: DispatcherOutcome, before?: Probes, after?: Probes): Figure[] {
  const { messages, arrivals, stores } = outcome;
  const smtp = floorPerSecond('F6', before, after);
  return [
    { id: 'P8', what: 'e-mails/s of the dispatcher alone, first to last at the sink', value: `${arrivals.perSecond}/s`, goal: '' },
    { id: 'P8', what: `share of F6, one connection that only sends (${smtp ? Math.round(smtp) : '–'}/s)`, value: shareOf(arrivals.perSecond, smtp), goal: '0.30 → 0.50' },
    { id: 'P12', what: 'writing commits for 100 recipients', value: String(per(100, stores.writes, messages)), goal: '≤ 1' },
    ledgerFigure(outcome, before?.F4?.serverMicros),
    { id: 'P13', what: 'Redis round trips for 500 recipients', value: String(per(500, stores.roundTrips, messages)), goal: '≤ 2' },
  ];
}

/** F4 writes as fast as its own driver asks, so the two are compared by what Postgres spends on a recipient. */
function ledgerFigure({ messages, processes }: DispatcherOutcome, floorMicros: number | undefined): Figure {
  const micros = (processes.postgres?.cpuMicros ?? 0) / Math.max(1, messages);
  const what = `Postgres’ CPU of F4 (${floorMicros ?? '–'} µs) against its CPU a recipient (${round(micros)} µs)`;
  return { id: 'P12', what, value: floorMicros === undefined ? '–' : shareOf(floorMicros, micros), goal: '≥ 0.6 → 0.85' };
}

export function dispatcherReport(outcome: DispatcherOutcome, before?: Probes, after?: Probes): PartReport {
  const { arrivals, ledger } = outcome;
  return {
    ...headOf(before, after),
    command: 'dispatcher',
    figures: dispatcherFigures(outcome, before, after),
    checks: [ledgerCheck(ledger)],
    details: [runTable(outcome), storeTable(outcome), commandTable(outcome), processTable(outcome)],
    charts: [
      {
        name: 'dispatcher-rate', title: 'dispatcher alone: e-mails each second', x: 'second', y: 'e-mails/s',
        series: [{ name: 'at the sink', points: arrivals.series }],
      },
    ],
  };
}

function runTable({ arrivals, publishMs }: DispatcherOutcome): Detail {
  return {
    title: 'The run',
    columns: ['e-mails', 'seconds from first to last', 'ms to publish them, the dispatcher standing still'],
    rows: [[arrivals.count, round(arrivals.seconds), publishMs]],
    notes: ['Published for longer than the session timeout, the dispatcher has to join its group again before it begins; the rate counts from the first mail.'],
  };
}

function storeTable({ messages, stores, idle }: DispatcherOutcome): Detail {
  const row = (name: string, unit: number, pick: (counters: StoreCounters) => number): (string | number)[] => [
    name, pick(stores), unit, per(unit, pick(stores), messages), round(pick(idle) / idle.seconds),
  ];
  return {
    title: 'What the stores did in that time',
    columns: ['', 'count', 'for each', 'so many', 'a second when idle'],
    rows: [
      row('transactions that wrote', 100, ({ writes }) => writes),
      row('all transactions', 100, ({ commits }) => commits),
      row('Redis round trips', 500, ({ roundTrips }) => roundTrips),
    ],
    notes: ['Idle work is in the counts: it is not taken off. Autovacuum’s transactions that write are too.'],
  };
}

function commandTable({ messages, stores }: DispatcherOutcome): Detail {
  return {
    title: 'Redis by command, calls from scripts included',
    columns: ['command', 'calls', 'for 500 recipients'],
    rows: Object.entries(stores.commands).toSorted(([, a], [, b]) => b - a).map(([name, calls]) => [name, calls, per(500, calls, messages)]),
  };
}

function processTable({ processes, messages }: DispatcherOutcome): Detail {
  return {
    title: 'Processes',
    columns: ['process', 'CPU µs an e-mail', 'peak MB'],
    rows: Object.entries(processes).map(([name, use]) => [name, Math.round(use.cpuMicros / messages), use.peakResidentMegabytes]),
  };
}
