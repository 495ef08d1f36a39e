/** Microseconds of CLOCK_MONOTONIC: one clock for all processes of this machine. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
