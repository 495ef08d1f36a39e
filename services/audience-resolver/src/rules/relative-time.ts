import type { RelativeTime } from '@postrider/contracts';

const MINUTE_MS = 60_000;
const MS: Record<'minutes' | 'hours' | 'days' | 'weeks', number> = {
  minutes: MINUTE_MS, hours: 60 * MINUTE_MS, days: 24 * 60 * MINUTE_MS, weeks: 7 * 24 * 60 * MINUTE_MS,
};
const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * So much later (1) or earlier (-1), in UTC: a day has 24 hours. A month that lacks the day takes its last one.
 * Kept within the years that a profile's dates can have.
 */
export function momentFrom(now: Date, { amount, unit }: RelativeTime, direction: 1 | -1): Date {
  const moved = unit === 'months' || unit === 'years'
    ? monthsLater(now, direction * amount * (unit === 'years' ? 12 : 1))
    : now.getTime() + direction * amount * MS[unit];
  return new Date(Math.min(LAST_MS, Math.max(FIRST_MS, moved)));
}

/** Milliseconds; beyond what a Date can hold, an infinity. */
function monthsLater(from: Date, months: number): number {
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(to.getUTCMonth() + months);
  const lastDay = new Date(to);
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0);
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay.getUTCDate()));
  return Number.isNaN(to.getTime()) ? months * Infinity : to.getTime();
}
