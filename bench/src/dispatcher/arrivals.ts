import type { SinkLine } from '../measure/ledger-check.js';

export interface Arrivals {
  count: number;
  /** From the first to the last. */
  seconds: number;
  perSecond: number;
  /** Mails a second in each part of the time, by the second it began at. */
  series: (readonly [second: number, perSecond: number])[];
}

const PART_SECONDS = 0.5;

/** Of mails in any order; `perSecond` is 0 for fewer than two. */
export function arrivalsOf(mails: readonly SinkLine[]): Arrivals {
  const times = mails.map(({ at }) => at).sort((a, b) => a - b);
  const first = times[0] ?? 0;
  const seconds = ((times.at(-1) ?? 0) - first) / 1e6;
  const parts = new Map<number, number>();
  for (const at of times) {
    const part = Math.floor((at - first) / 1e6 / PART_SECONDS);
    parts.set(part, (parts.get(part) ?? 0) + 1);
  }
  const series = Array.from({ length: Math.ceil(seconds / PART_SECONDS) }, (_, i) => [i * PART_SECONDS, (parts.get(i) ?? 0) / PART_SECONDS] as const);
  return { count: times.length, seconds, perSecond: times.length > 1 ? Math.round((times.length - 1) / seconds) : 0, series };
}
