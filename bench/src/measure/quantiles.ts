/** The value below which a share `q` (0–1) of the samples lies; NaN of none. Nearest rank. */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) return Number.NaN;
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

export interface Distribution {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Microseconds in, milliseconds with two decimals out. */
export function distributionOf(micros: readonly number[]): Distribution {
  const at = (q: number): number => Math.round(quantile(micros, q) / 10) / 100;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
