import type { LedgerResult } from '../measure/ledger-check.js';

/** What a part's command found, in the numbers of the list of figures, and how it came to them. */
export interface Figure {
  /** As the list of figures calls it: `P1`. */
  id: string;
  what: string;
  value: string;
  /** What is to be reached; '' where the list names nothing. */
  goal: string;
}

/** One table beside the figures: trials, phases, statements. */
export interface Detail {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  notes?: readonly string[];
}

/** What must be so for the figures to count. */
export interface Check {
  what: string;
  passed: boolean;
  detail: string;
}

const rowOf = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const table = (columns: readonly string[], rows: Detail['rows']): string[] => [rowOf(columns), rowOf(columns.map(() => '---')), ...rows.map(rowOf)];

export function figureLines(figures: readonly Figure[], checks: readonly Check[], details: readonly Detail[]): string[] {
  const verdicts = checks.map(({ what, passed, detail }) => [what, passed ? 'holds' : '**DOES NOT HOLD: the run is void**', detail]);
  return [
    '## Figures', '', ...table(['#', 'figure', 'measured', 'to reach'], figures.map((one) => [one.id, one.what, one.value, one.goal])), '',
    '## Ledger', '', ...table(['check', '', ''], verdicts), '',
    ...details.flatMap(({ title, columns, rows, notes = [] }) => [`## ${title}`, '', ...table(columns, rows), '', ...notes.flatMap((note) => [note, ''])]),
  ];
}

/** Two decimals; '–' when there is nothing to compare with. */
export function shareOf(value: number, floor: number | undefined): string {
  return floor === undefined || floor === 0 ? '–' : (value / floor).toFixed(2);
}

export function ledgerCheck(ledger: LedgerResult): Check {
  return {
    what: 'each promised mail came once',
    passed: ledger.balanced,
    detail: `${ledger.accepted} promised, ${ledger.received} received, ${ledger.lost.length} lost or still waiting, ${ledger.doubled.length} doubled`,
  };
}
