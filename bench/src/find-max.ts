import type { RunResult } from './run.js';

/** Bounds within which a rate counts as held. */
export const HELD = { sinkP99Millis: 400, lagShare: 0.5 } as const;

/** No refusal, balanced, latency within its bound, and no more in flight at the end than half a second's worth. */
export function isHeld(run: RunResult): boolean {
  return run.refused === 0 && run.ledger.balanced && run.sink.p99 <= HELD.sinkP99Millis && run.lagAtEnd <= HELD.lagShare * run.offeredPerSecond;
}

export interface Search {
  from: number;
  /** Stops when the bracket is narrower than this share of the rate. */
  precision: number;
}

/** Raises until a rate is not held, then halves the bracket. Answers the highest rate seen to be held; 0 for none. */
export async function findMax(search: Search, holds: (rate: number) => Promise<boolean>): Promise<number> {
  let held = 0;
  let failed = Infinity;
  let rate = search.from;
  while (failed - held > search.precision * (held || search.from)) {
    if (await holds(rate)) held = rate;
    else failed = rate;
    rate = Math.round(failed === Infinity ? rate * 1.5 : (held + failed) / 2);
    if (rate < search.from / 16) break;
  }
  return held;
}
