import { describe, expect, it } from '@jest/globals';
import { Cron } from 'croner';
import { evaluationScheduleFaults } from './evaluation-schedule-faults.js';

const codesOf = (cron: string): string[] => evaluationScheduleFaults({ cron, timeZone: 'Europe/Stockholm' }, ['evaluationSchedule']).map(({ code }) => code);

describe(evaluationScheduleFaults.name, () => {
  it.each(['*/5 * * * *', '0 6 * * *', '30 2 * * 1-5', '0,55 * * * *', '15 9 29 2 *', '7 0 1 1 *', '0 12 L * *'])('takes %s', (cron) => {
    expect(codesOf(cron)).toEqual([]);
  });

  it.each(['* * * * *', '*/4 * * * *', '0,58 * * * *', '1,4 3 1 1 *', '0-10 23 * * *', '0,59 23,0 * * *'])('refuses %s: too often', (cron) => {
    expect(codesOf(cron)).toEqual(['TOO_OFTEN']);
  });

  it.each(['0 0 6 * * *', '@hourly', '* * * *', 'every five minutes it', '61 * * * *', '0 25 * * *'])('refuses %s: not five fields of a cron expression', (cron) => {
    expect(codesOf(cron)).toEqual(['INVALID']);
  });

  it('refuses a day that never comes, by its place', () => {
    expect(evaluationScheduleFaults({ cron: '0 0 31 2 *', timeZone: 'UTC' }, ['evaluationSchedule'])).toEqual([
      { path: '/evaluationSchedule/cron', code: 'NEVER', message: 'never comes' },
    ]);
  });

  it('has nothing to say of no schedule', () => {
    expect(evaluationScheduleFaults(null, ['evaluationSchedule'])).toEqual([]);
  });

  it('takes times that are kept by the wall clock across a change of daylight-saving time', () => {
    const daily = new Cron('0 6 * * *', { timezone: 'Europe/Stockholm', paused: true });

    const runs = daily.nextRuns(3, new Date('2026-03-28T00:00:00Z')).map((run) => run.toISOString());

    expect(codesOf('0 6 * * *')).toEqual([]);
    expect(runs).toEqual(['2026-03-28T05:00:00.000Z', '2026-03-29T04:00:00.000Z', '2026-03-30T04:00:00.000Z']);
  });
});
