import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_PAUSE_MS, MAX_TRIES, MAX_TRIES_REFUSED, MIN_PAUSE_MS, nextDelayMs, pauseMsOf } from './retry-schedule.js';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe(nextDelayMs.name, () => {
  it('follows the schedule of the contract', () => {
    const seconds = Array.from({ length: MAX_TRIES - 1 }, (_, index) => nextDelayMs(index + 1, MAX_TRIES, 0.5)! / 1_000);

    expect(seconds).toEqual([5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  });

  it('ends after as many tries as are permitted', () => {
    expect(nextDelayMs(MAX_TRIES, MAX_TRIES, 0.5)).toBeUndefined();
    expect(nextDelayMs(MAX_TRIES_REFUSED - 1, MAX_TRIES_REFUSED, 0.5)).toBe(7_200_000);
    expect(nextDelayMs(MAX_TRIES_REFUSED, MAX_TRIES_REFUSED, 0.5)).toBeUndefined();
  });

  it('moves each delay by at most a fifth, and never makes it shorter than the one before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_TRIES - 1 }), random, random, (spent, one, other) => {
        const middle = nextDelayMs(spent, MAX_TRIES, 0.5)!;
        const delay = nextDelayMs(spent, MAX_TRIES, one)!;
        expect(Math.abs(delay - middle)).toBeLessThanOrEqual(middle * 0.2 + 1);
        if (spent < 3) expect(nextDelayMs(spent + 1, MAX_TRIES, other)!).toBeGreaterThan(delay);
      }),
    );
  });
});

describe(pauseMsOf.name, () => {
  it.each([
    ['120', 120_000],
    ['0', MIN_PAUSE_MS],
    [' 2026 ', 2_026_000],
    ['999999999', MAX_PAUSE_MS],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', MIN_PAUSE_MS],
    ['Fri, 01 Jan 2027 00:00:00 GMT', MAX_PAUSE_MS],
  ])('reads %j', (text, ms) => {
    expect(pauseMsOf(text, NOW)).toBe(ms);
  });

  it.each([undefined, '', '-1', '1.5', 'soon', '99999999999999', '1e3', '01/02/2027'])('finds no pause in %j', (text) => {
    expect(pauseMsOf(text, NOW)).toBeUndefined();
  });

  it('stays within a second and a day whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat().map(String), fc.date({ noInvalidDate: true }).map((date) => date.toUTCString())), (text) => {
        const ms = pauseMsOf(text, NOW) ?? MIN_PAUSE_MS;
        expect(ms).toBeGreaterThanOrEqual(MIN_PAUSE_MS);
        expect(ms).toBeLessThanOrEqual(MAX_PAUSE_MS);
      }),
    );
  });
});
