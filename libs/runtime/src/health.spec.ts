import { describe, expect, it, jest } from '@jest/globals';
import { Health } from './health.js';

describe(Health.name, () => {
  it('is ok while every check passes, and names the one that does not', async () => {
    const health = new Health();
    health.register('postgres', () => undefined);
    const before = await health.report();

    health.register('kafka', () => {
      throw new Error('no broker answers');
    });
    const after = await health.report();

    expect(before).toEqual({ status: 'ok', checks: { postgres: 'ok' } });
    expect(after).toEqual({ status: 'unavailable', checks: { postgres: 'ok', kafka: 'no broker answers' } });
  });

  it('counts a check that never answers as failed', async () => {
    jest.useFakeTimers();
    const health = new Health();
    health.register('redis', () => new Promise<void>(() => undefined));

    const report = health.report();
    await jest.advanceTimersByTimeAsync(2_000);

    expect((await report).checks).toEqual({ redis: 'no answer in 2000 ms' });
    jest.useRealTimers();
  });

  it('is unavailable from the moment it drains', async () => {
    const health = new Health();

    health.drain();

    expect((await health.report()).status).toBe('unavailable');
  });
});
