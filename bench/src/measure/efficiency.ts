import type { ProbeResult } from '../probes/probe.js';

/** How often one recipient of load B uses each probed step. Calls carry twenty recipients. */
const USES: Readonly<Record<string, number>> = {
  F1: 1 / 20,
  /** The call, then resolved, ready and status. */
  F2: 1 / 20 + 3,
  F3: 1,
  F4: 1,
  F5: 1,
  F6: 1,
};

/** The CPU microseconds that the probed steps of one recipient cost when each is done alone. */
export function floorMicros(probes: Readonly<Record<string, ProbeResult>>): number {
  return Object.entries(USES).reduce((sum, [name, uses]) => {
    const probe = probes[name];
    return sum + uses * ((probe?.clientMicros ?? 0) + (probe?.serverMicros ?? 0));
  }, 0);
}

/** P4: Σ(uses × probe cost) / measured, two decimals. */
export function efficiencyOf(probes: Readonly<Record<string, ProbeResult>>, measuredMicros: number): number {
  return Math.round((floorMicros(probes) / measuredMicros) * 100) / 100;
}
