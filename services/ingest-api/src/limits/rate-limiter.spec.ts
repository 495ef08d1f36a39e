import { describe, expect, it, jest } from '@jest/globals';
import type { RedisClient } from '@postrider/locks';
import { DependencyUnavailable, Metrics } from '@postrider/runtime';
import { RateLimiter } from './rate-limiter.js';

const limiterOver = (evaluate: () => Promise<unknown>) => new RateLimiter({ evaluate } as unknown as RedisClient, new Metrics('spec'));
const away = async (): Promise<never> => {
  throw new DependencyUnavailable('redis', new Error('spec'));
};

describe(RateLimiter.name, () => {
  it('says what Redis decided, and when to come back', async () => {
    const free = limiterOver(async () => [1, 150_000]);
    const full = limiterOver(async () => [0, 950_000]);

    expect(await free.take('key', 10)).toEqual({ isAllowed: true, remaining: 7, retryAfterMs: 0 });
    expect(await full.take('key', 10)).toEqual({ isAllowed: false, remaining: 0, retryAfterMs: 50 });
  });

  it('asks once for the calls of a moment, and lets the first of each key in', async () => {
    const asked: { key: string; calls: number }[] = [];
    const evaluate = async (_script: unknown, [key]: string[], [, , calls]: number[]) => {
      asked.push({ key: String(key), calls: Number(calls) });
      return key?.endsWith('one') ? [2, 800_000] : [1, 0];
    };
    const limiter = new RateLimiter({ evaluate } as unknown as RedisClient, new Metrics('spec'));

    const answers = await Promise.all(['one', 'other', 'one', 'one'].map((key) => limiter.take(key, 10)));

    expect(asked.map(({ calls }) => calls)).toEqual([3, 1]);
    expect(answers.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([[true, 1], [true, 9], [true, 0], [false, 0]]);
  });

  it('counts by itself without Redis: a burst of one second, each key alone, and never open', async () => {
    const limiter = limiterOver(away);
    // At once: what comes one after the other takes as long as it takes, and time lets more in.
    const takeTimes = async (key: string, times: number) => {
      const answers = await Promise.all(Array.from({ length: times }, () => limiter.take(key, 10)));
      return answers.filter(({ isAllowed }) => isAllowed).length;
    };

    const [one, other] = [await takeTimes('one', 50), await takeTimes('other', 3)];
    const refused = await limiter.take('one', 10);

    expect(one).toBeGreaterThanOrEqual(10);
    expect(one).toBeLessThan(15);
    expect(other).toBe(3);
    expect(refused.isAllowed).toBe(false);
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(100);
  });

  it.each([1, 3, 7, 2_000])('lets a burst of exactly one second in, at %i calls a second', async (rate) => {
    const asked: number[][] = [];
    const limiter = new RateLimiter({ evaluate: async (_script: unknown, _keys: unknown, args: number[]) => (asked.push(args), [1, 0]) } as unknown as RedisClient, new Metrics('spec'));

    const { remaining } = await limiter.take('key', rate);

    const [[cost = 0, burst = 0] = []] = asked;
    expect(Math.floor(burst / cost)).toBe(rate);
    expect(remaining).toBe(rate - 1);
  });

  it('lets the first call of a key in without Redis, at whatever fraction of a microsecond it comes', async () => {
    const limiter = limiterOver(away);
    let readings = 0;
    // A second and a half after the start, a second more needs a bit more than there is room for.
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => 1_500 + (readings += 1) * 0.0137);

    const answers = await Promise.all(Array.from({ length: 400 }, (_, i) => limiter.take(`key-${i}`, 1))).finally(() => clock.mockRestore());

    expect(answers.filter(({ isAllowed }) => !isAllowed)).toEqual([]);
  });

  it('lets a key of one call a second make one call a second', async () => {
    const limiter = limiterOver(away);

    const answers = await Promise.all([limiter.take('slow', 1), limiter.take('slow', 1)]);

    expect(answers.map(({ isAllowed }) => isAllowed)).toEqual([true, false]);
  });
});
