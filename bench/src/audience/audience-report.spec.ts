import { describe, expect, it } from '@jest/globals';
import type { RunResult } from '../run.js';
import { audienceChecks, audienceFigures, largestOf } from './audience-report.js';
import { sendRateFor } from './run-step.js';
import type { AudienceOutcome, RunOutcome } from './steps.js';

const load = (name: string, p99: number): RunResult =>
  ({
    name, deliveredPerSecond: 200, refused: 0, sink: { p50: 1, p90: 2, p99, max: p99 },
    ledger: { accepted: 10, received: 10, lost: [], doubled: [], unasked: [], balanced: true },
  }) as unknown as RunResult;

const run = (over: Partial<RunOutcome> = {}): RunOutcome => ({
  targeted: 1_000, missingIdentity: 10, repeated: 0, resolvedByApi: 1_000,
  pace: { count: 990, seconds: 0.05, perSecond: 20_100, firstAfterMs: 1_240, firstTenthPerSecond: 21_000, lastTenthPerSecond: 20_000, lastOfFirst: 0.95, series: [] },
  processes: {}, idle: load('idle', 40), during: load('during', 60), waiting: { before: 980, after: 970 }, sendRatePerSecond: 1,
  cancelSeconds: 2, cancelTries: 1, mails: { count: 20, doubled: 0 },
  totals: { targeted: 1_000, sent: 20, failed: 0, excluded: 10, expired: 0, cancelled: 970, unknown: 0, pending: 0 },
  ...over,
});
const outcome = (over: Partial<RunOutcome> = {}): AudienceOutcome => ({ profiles: 1_000, population: { loaded: 0, seconds: 0 }, run: run(over) });
const failed = (one: AudienceOutcome): string[] => audienceChecks(one).filter(({ passed }) => !passed).map(({ what }) => what);

describe(audienceFigures.name, () => {
  it('compares the load while the run waits with the idle one', () => {
    const values = audienceFigures(outcome()).map(({ id, value }) => `${id} ${value}`);

    expect(values).toEqual(['run 20100/s', 'run 1.2 s', 'run 0 MB (–)', 'P18 0.95', 'P16 1.50', 'P16 1.00', 'I0 0 after 2.0 s']);
  });
});

describe(audienceChecks.name, () => {
  it('passes a run that leaves nobody out', () => {
    expect(failed(outcome())).toEqual([]);
  });

  it('sees totals that do not add up', () => {
    expect(failed(outcome({ totals: { ...run().totals, cancelled: 969 } }))).toEqual(['I0: the totals of the cancelled run add up']);
  });

  it('sees a member that is missing on the log, and mails that nobody counts', () => {
    expect(failed(outcome({ missingIdentity: 9, mails: { count: 21, doubled: 0 } }))).toEqual(['each member is one recipient on the log', 'mails of the cancelled run at the sink']);
  });

  it('asks a run at a send rate for its totals and its mails as well', () => {
    const totals = { targeted: 100, sent: 60, failed: 0, excluded: 0, expired: 0, cancelled: 40, unknown: 0, pending: 0 };
    const kept = { perSecond: 20.1, deviation: -0.0021, slowest: 19, fastest: 21, series: [] };
    const rated = (mails: { count: number; doubled: number }): AudienceOutcome => ({ ...outcome(), rate: { sendRate: 20, seconds: 3, members: 100, kept, totals, mails } });

    expect(failed(rated({ count: 60, doubled: 0 }))).toEqual([]);
    expect(failed(rated({ count: 61, doubled: 1 }))).toEqual(['mails of the run at a send rate at the sink']);
    expect(audienceFigures(rated({ count: 60, doubled: 0 }))[0]?.value).toBe('20.1/s (-0.21 %); 19 to 21 in a second');
  });

  it('asks an upload of newcomers for a profile of each', () => {
    const uploaded = (profilesMade?: number): AudienceOutcome => ({ ...outcome(), upload: { rows: 1_000, members: 1_000, failedRows: 0, profilesMade, seconds: 1, megabytes: 1, processes: {} } });

    expect([uploaded(), uploaded(1_000)].flatMap(failed)).toEqual([]);
    expect(failed(uploaded(999))).toEqual(['each newcomer has a profile']);
  });

  it('lets totals lag behind the sink only while something is pending', () => {
    expect(failed(outcome({ mails: { count: 22, doubled: 0 }, totals: { ...run().totals, sent: 18, pending: 2 } }))).toEqual([]);
  });
});

describe(largestOf.name, () => {
  it('looks at services and not at stores', () => {
    const use = (peakResidentMegabytes: number) => ({ cpuMicros: 0, firstResidentMegabytes: 0, peakResidentMegabytes });

    expect(largestOf({ kafka: use(400), dispatcher: use(150), 'profile-creator': use(210) })).toBe('210 MB (profile-creator)');
  });
});

describe(sendRateFor.name, () => {
  it.each([[1_000, 1], [1_000_000, 25], [100_000_000, 2_000]])('keeps %d people waiting at %d/s', (profiles, rate) => {
    expect(sendRateFor(profiles)).toBe(rate);
  });
});
