const FIRST_MS = 100;
const LONGEST_MS = 10_000;
const JITTER = 0.2;

/** Milliseconds before try `attempt + 1` of something that was not available: doubling from 0.1 s to 10 s, ±20 %. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.round(base * (1 + JITTER * (2 * random() - 1)));
}
