import { describe, expect, it } from '@jest/globals';
import { progressOf, sumOf, type AudienceRun } from './run-progress.js';

const aRun = (sent: number): AudienceRun => ({
  status: 'InProgress',
  targetedProfileCount: 1_000,
  run: { state: 'Running', resolved: 900 },
  totals: { targeted: 1_000, sent, failed: 0, excluded: 10, expired: 0, cancelled: 0, unknown: 0, pending: 990 - sent },
});

describe(progressOf.name, () => {
  it('tells what is resolved, sent and left, at the rate of the last seconds', () => {
    const progress = progressOf();

    for (let second = 0; second <= 10; second += 1) progress(aRun(second * 10), second * 1_000);
    const line = progress(aRun(200), 11_000);

    expect(line.replaceAll(/\s+/g, ' ').trim()).toBe('11.0 s resolved 900 of 1000 sent 200 rate 40/s remaining 790');
  });

  it('has no rate at its first look', () => {
    expect(progressOf()(aRun(5), 0)).toContain('rate 0/s');
  });
});

describe(sumOf.name, () => {
  it('is what was targeted when every number adds up', () => {
    const { totals } = aRun(123);

    expect(sumOf(totals)).toBe(totals.targeted);
  });
});
