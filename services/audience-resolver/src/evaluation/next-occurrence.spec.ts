import { describe, expect, it } from '@jest/globals';
import { nextOccurrence } from './next-occurrence.js';

function occurrences(cron: string, timeZone: string, after: string, count: number): string[] {
  const found: string[] = [];
  for (let at = new Date(after); found.length < count; ) {
    at = nextOccurrence({ cron, timeZone }, at) ?? new Date(Number.NaN);
    found.push(at.toISOString());
  }
  return found;
}

describe(nextOccurrence.name, () => {
  it('keeps the hour of the wall clock over both changes of summer time', () => {
    expect(occurrences('0 9 * * *', 'Europe/Stockholm', '2026-03-27T12:00:00Z', 3)).toEqual(['2026-03-28T08:00:00.000Z', '2026-03-29T07:00:00.000Z', '2026-03-30T07:00:00.000Z']);
    expect(occurrences('0 9 * * *', 'Europe/Stockholm', '2026-10-23T12:00:00Z', 3)).toEqual(['2026-10-24T07:00:00.000Z', '2026-10-25T08:00:00.000Z', '2026-10-26T08:00:00.000Z']);
  });

  it('comes at the end of an hour that is left out, and once in an hour that is repeated', () => {
    expect(occurrences('30 2 * * *', 'Europe/Stockholm', '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
    expect(occurrences('30 2 * * *', 'Europe/Stockholm', '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
  });

  it('comes every hour of a day that has 25', () => {
    expect(occurrences('0 * * * *', 'Europe/Stockholm', '2026-10-24T23:30:00Z', 3)).toEqual(['2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z', '2026-10-25T02:00:00.000Z']);
  });

  it.each([['0 0 30 2 *', 'UTC'], ['* * * * * *', 'UTC'], ['nonsense', 'UTC'], ['0 0 * * *', 'Nowhere/At-All']])('knows none for %s in %s', (cron, timeZone) => {
    expect(nextOccurrence({ cron, timeZone }, new Date())).toBeUndefined();
  });
});
