import { describe, expect, it } from '@jest/globals';
import type { RelativeTime } from '@postrider/contracts';
import { momentFrom } from './relative-time.js';

describe(momentFrom.name, () => {
  it.each<[string, RelativeTime, 1 | -1, string]>([
    ['2026-03-01T12:00:00.000Z', { amount: 90, unit: 'minutes' }, -1, '2026-03-01T10:30:00.000Z'],
    ['2026-03-29T12:00:00.000Z', { amount: 1, unit: 'days' }, -1, '2026-03-28T12:00:00.000Z'],
    ['2026-03-31T12:00:00.000Z', { amount: 1, unit: 'months' }, -1, '2026-02-28T12:00:00.000Z'],
    ['2026-01-31T12:00:00.000Z', { amount: 13, unit: 'months' }, 1, '2027-02-28T12:00:00.000Z'],
    ['2024-02-29T12:00:00.000Z', { amount: 1, unit: 'years' }, -1, '2023-02-28T12:00:00.000Z'],
    ['2026-03-01T12:00:00.000Z', { amount: 100_000, unit: 'years' }, -1, '0001-01-01T00:00:00.000Z'],
    ['2026-03-01T12:00:00.000Z', { amount: 100_000, unit: 'weeks' }, 1, '3942-09-13T12:00:00.000Z'],
    ['2026-03-01T12:00:00.000Z', { amount: 100_000, unit: 'years' }, 1, '9999-12-31T23:59:59.999Z'],
  ])('from %s, %j in direction %i, is %s', (now, time, direction, expected) => {
    expect(momentFrom(new Date(now), time, direction).toISOString()).toBe(expected);
  });
});
