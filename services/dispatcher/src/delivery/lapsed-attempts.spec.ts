import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@postrider/testing';
import { LapsedAttempts } from './lapsed-attempts.js';

const LEASE_MS = 30_000;
const GRACE_MS = LEASE_MS / 6;
const lapsed = (token: string, minute = 0) => ({ token, leaseUntil: new Date(Date.UTC(2026, 0, 1, 0, minute)) });

describe(LapsedAttempts.name, () => {
  const anew = () => {
    const clock = new FakeClock();
    return { clock, attempts: new LapsedAttempts(clock, { leaseMs: LEASE_MS, chunkMessages: 1, sendingWindowMs: 1, retryPollMs: 1 }) };
  };

  it('takes nobody for dead at the first look, and after a grace whoever did not extend', () => {
    const { clock, attempts } = anew();

    const first = attempts.abandonedAmong([lapsed('a')]);
    clock.advance(GRACE_MS - 1);
    const second = attempts.abandonedAmong([lapsed('a'), lapsed('b')]);
    clock.advance(1);

    expect([first, second, attempts.abandonedAmong([lapsed('a'), lapsed('b')])]).toEqual([[], [], ['a']]);
  });

  it('looks anew at one that was extended and lapsed again', () => {
    const { clock, attempts } = anew();
    attempts.abandonedAmong([lapsed('a')]);
    clock.advance(GRACE_MS);

    expect(attempts.abandonedAmong([lapsed('a', 1)])).toEqual([]);
  });

  it('forgets one that has gone meanwhile', () => {
    const { clock, attempts } = anew();
    attempts.abandonedAmong([lapsed('a')]);
    attempts.abandonedAmong([]);
    clock.advance(GRACE_MS);

    expect(attempts.abandonedAmong([lapsed('a')])).toEqual([]);
  });
});
