/** How a send rate was kept, by the times at which the mails came. */
export interface KeptRate {
  perSecond: number;
  /** Of what was asked for: 0.01 is one percent too fast. */
  deviation: number;
  /** Mails of the slowest and of the fastest second. */
  slowest: number;
  fastest: number;
  series: (readonly [second: number, mails: number])[];
}

/** @param times in microseconds, in any order; the window of `seconds` begins with the first */
export function keptRateOf(times: readonly number[], seconds: number, askedPerSecond: number): KeptRate {
  const first = times.reduce((least, time) => Math.min(least, time), Infinity);
  const perSecond = new Array<number>(seconds).fill(0);
  for (const time of times) {
    const second = Math.floor((time - first) / 1e6);
    if (second < seconds) perSecond[second] = (perSecond[second] ?? 0) + 1;
  }
  const came = perSecond.reduce((sum, mails) => sum + mails, 0);
  return {
    perSecond: Math.round((came * 10) / seconds) / 10,
    deviation: Math.round((came / seconds / askedPerSecond - 1) * 10_000) / 10_000,
    slowest: Math.min(...perSecond),
    fastest: Math.max(...perSecond),
    series: perSecond.map((mails, second) => [second, mails] as const),
  };
}
