import { describe, expect, it } from '@jest/globals';
import { dispatcherFigures, per, type DispatcherOutcome } from './dispatcher-report.js';

const counters = { writes: 90, commits: 400, roundTrips: 70, commands: {} };
const outcome: DispatcherOutcome = {
  messages: 10_000,
  arrivals: { count: 10_000, seconds: 8, perSecond: 1_250, series: [] },
  ledger: { accepted: 10_000, received: 10_000, lost: [], doubled: [], unasked: [], balanced: true },
  stores: counters,
  idle: { ...counters, seconds: 3 },
  processes: { postgres: { cpuMicros: 1_200_000, firstResidentMegabytes: 30, peakResidentMegabytes: 40 } },
  publishMs: 900,
};
const probes = (smtp: number) => ({
  F4: { perSecond: 20_000, clientMicros: 10, serverMicros: 60 },
  F6: { perSecond: smtp, clientMicros: 60, serverMicros: 0 },
});

describe(dispatcherFigures.name, () => {
  it('compares with the probes of the same run', () => {
    const values = dispatcherFigures(outcome, probes(2_400), probes(2_600)).map(({ id, value }) => `${id} ${value}`);

    expect(values).toEqual(['P8 1250/s', 'P8 0.50', 'P12 0.9', 'P12 0.50', 'P13 3.5']);
  });

  it('has no shares without probes', () => {
    expect(dispatcherFigures(outcome).map(({ value }) => value)).toEqual(['1250/s', '–', '0.9', '–', '3.5']);
  });
});

describe(per.name, () => {
  it('is not infinite when nothing was sent', () => {
    expect(per(100, 5, 0)).toBe(500);
  });
});
