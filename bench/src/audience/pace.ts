/** How fast a run went, from the times at which its recipients were written to the log. Times in ms. */
export interface Pace {
  count: number;
  /** From the first to the last. */
  seconds: number;
  perSecond: number;
  /** From the call to the first. */
  firstAfterMs: number;
  firstTenthPerSecond: number;
  lastTenthPerSecond: number;
  /** P18: the last tenth's rate as a share of the first's. */
  lastOfFirst: number;
  series: (readonly [second: number, perSecond: number])[];
}

/** Recipients a second among `count` of them from the first to the last of a part; its first is where the clock starts. */
function rateBetween(times: Float64Array, from: number, to: number): number {
  const ms = (times[to] ?? 0) - (times[from] ?? 0);
  return Math.round(((to - from) * 1_000) / Math.max(1, ms));
}

/** @param times of each recipient, in any order; sorted in place */
export function paceOf(times: Float64Array, calledAt: number): Pace {
  times.sort();
  const last = Math.max(0, times.length - 1);
  const tenth = Math.floor(times.length / 10);
  const first = times[0] ?? 0;
  const firstTenthPerSecond = rateBetween(times, 0, tenth);
  const lastTenthPerSecond = rateBetween(times, last - tenth, last);
  const seconds = ((times[last] ?? 0) - first) / 1_000;
  const perSecond = new Array<number>(Math.floor(seconds) + 1).fill(0);
  for (const time of times) {
    const second = Math.floor((time - first) / 1_000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
  }
  return {
    count: times.length, seconds, perSecond: rateBetween(times, 0, last), firstAfterMs: first - calledAt, firstTenthPerSecond, lastTenthPerSecond,
    lastOfFirst: firstTenthPerSecond === 0 ? 0 : Math.round((lastTenthPerSecond * 100) / firstTenthPerSecond) / 100,
    series: perSecond.map((count, second) => [second, count] as const),
  };
}
