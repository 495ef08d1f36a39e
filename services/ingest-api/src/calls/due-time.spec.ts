import { describe, expect, it } from '@jest/globals';
import { dueTime } from './due-time.js';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
const YEAR_MS = 366 * 86_400_000;

describe(dueTime.name, () => {
  it.each([
    [undefined, NOW], [later(-1).toISOString(), NOW], [NOW.toISOString(), NOW], ['2026-01-01T02:00:00+01:00', later(3_600_000)], [later(YEAR_MS).toISOString(), later(YEAR_MS)],
  ])('of %s is that time, and never one that has passed', (executeAt, due) => {
    expect(dueTime(executeAt, '/executeAt', NOW)).toEqual(due);
  });

  it('is not more than a year away', () => {
    expect(() => dueTime(later(YEAR_MS + 1).toISOString(), '/schedule/executeAt', NOW)).toThrow(
      expect.objectContaining({ code: 'INVALID_BODY', status: 400, faults: [expect.objectContaining({ path: '/schedule/executeAt' })] }),
    );
  });
});
