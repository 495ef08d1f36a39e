import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testStack } from '@postrider/testing';
import { RedisClient, SendRate } from '../src/index.js';

describe.each(['Redis', 'no Redis'] as const)(`${SendRate.name} with %s`, (kind) => {
  let redis: RedisClient;
  let rate: SendRate;
  let key: string;
  let now = 0;

  beforeAll(async () => {
    redis = new RedisClient({ url: kind === 'Redis' ? testStack().redisUrl : 'redis://127.0.0.1:1' });
    if (kind === 'Redis') await redis.start();
  });
  afterAll(() => redis.stop());

  beforeEach(() => {
    now = 0;
    key = crypto.randomUUID();
    rate = new SendRate(redis, () => undefined, () => now);
  });

  it('begins at once, with as many slots as are wanted', async () => {
    expect(await rate.reserve({ key, ratePerSecond: 100, want: 5, horizonMs: 1_000 })).toEqual({ count: 5, firstInMs: 0, gapMs: 10 });
  });

  it('goes on where the last reservation ended, each slot once', async () => {
    await rate.reserve({ key, ratePerSecond: 1, want: 3, horizonMs: 10_000 });

    const { firstInMs } = await rate.reserve({ key, ratePerSecond: 1, want: 3, horizonMs: 10_000 });

    expect(firstInMs).toBeGreaterThan(2_000);
    expect(firstInMs).toBeLessThanOrEqual(3_000);
  });

  it('gives no slot beyond the horizon, and none is lost by asking', async () => {
    const answers = [];
    for (let i = 0; i < 5; i += 1) answers.push(await rate.reserve({ key, ratePerSecond: 10, want: 1_000, horizonMs: 5_000 }));

    const given = answers.reduce((sum, { count }) => sum + count, 0);
    expect(answers[0]?.count).toBe(50);
    expect(given).toBeLessThan(70);
    expect(answers.at(-1)?.firstInMs).toBeGreaterThan(4_000);
  });

  it('gives slots in larger lots, when the next one is near', async () => {
    const ask = () => rate.reserve({ key, ratePerSecond: 10, want: 1_000, horizonMs: 10_000, whenWithinMs: 6_000 });

    const [first, second] = [await ask(), await ask()];

    expect([first.count, second.count]).toEqual([100, 0]);
    expect(second.firstInMs).toBeGreaterThan(6_000);
  });

  it('gives slots out again that were given back', async () => {
    await rate.reserve({ key, ratePerSecond: 10, want: 10, horizonMs: 10_000 });

    await rate.giveBack({ key, ratePerSecond: 10 }, 8);

    expect((await rate.reserve({ key, ratePerSecond: 10, want: 1, horizonMs: 10_000 })).firstInMs).toBeLessThanOrEqual(200);
  });

  it('keeps rates apart that are not of one key', async () => {
    await rate.reserve({ key, ratePerSecond: 1, want: 50, horizonMs: 100_000 });

    expect((await rate.reserve({ key: `${key}-other`, ratePerSecond: 1, want: 1, horizonMs: 100 })).firstInMs).toBe(0);
  });
});

describe('the rate of several processes', () => {
  it('is kept by all of them together, and its key goes away by itself', async () => {
    const clients = [1, 2, 3].map(() => new RedisClient({ url: testStack().redisUrl }));
    await Promise.all(clients.map((client) => client.start()));
    const rates = clients.map((client) => new SendRate(client));
    const key = crypto.randomUUID();
    const startedAt = performance.now();

    // Far ahead of the clock, where no pause of this process can make it lag.
    const given = await Promise.all(rates.map(async (rate) => {
      for (let sum = 0; ; ) {
        const { count } = await rate.reserve({ key, ratePerSecond: 400, want: 20, horizonMs: 1_500 });
        sum += count;
        if (count < 20) return sum;
      }
    }));

    const total = given.reduce((sum, count) => sum + count, 0);
    const passedMs = performance.now() - startedAt;
    expect(Math.min(...given)).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(600);
    expect(total).toBeLessThanOrEqual(Math.ceil((1_500 + passedMs) * 0.4));
    expect(await clients[0]?.pttl(`postrider:rate:${key}`)).toBeGreaterThan(50_000);
    for (const client of clients) client.stop();
  });
});
