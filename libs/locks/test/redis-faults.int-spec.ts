import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DependencyUnavailable } from '@postrider/runtime';
import { eventually, ownRedis, type OwnRedis } from '@postrider/testing';
import { RecipientLocks, RedisClient, SendRate } from '../src/index.js';

const COMMAND_TIMEOUT_MS = 200;
/** Far above a timeout, far below anything that waits for a reconnection. */
const QUICKLY_MS = 1_000;

describe(`${RecipientLocks.name} when Redis fails`, () => {
  let server: OwnRedis;
  let redis: RedisClient;
  let locks: RecipientLocks;

  beforeEach(async () => {
    server = await ownRedis();
    redis = new RedisClient({ url: server.url, commandTimeoutMs: COMMAND_TIMEOUT_MS });
    await redis.start();
    locks = new RecipientLocks(redis);
  });

  afterEach(async () => {
    redis.stop();
    await server.remove();
  });

  async function expectQuickFailure(): Promise<number> {
    const startedAt = performance.now();
    await expect(locks.claim(['key'], 'one')).rejects.toThrow(DependencyUnavailable);
    const took = performance.now() - startedAt;
    expect(took).toBeLessThan(QUICKLY_MS);
    return took;
  }

  const expectRecovery = () => eventually(async () => expect(await locks.claim(['other'], 'one')).toEqual(['claimed']));

  it('fails within the command timeout while Redis is frozen, then at once, and goes on when it thaws', async () => {
    server.freeze();

    await expectQuickFailure();
    const second = await expectQuickFailure();

    expect(second).toBeLessThan(COMMAND_TIMEOUT_MS / 2);
    expect(redis.isUp).toBe(false);
    server.thaw();
    await expectRecovery();
  });

  it('lets the same owner have a key whose claim timed out and was made all the same', async () => {
    server.freeze();
    await expectQuickFailure();

    server.thaw();

    await eventually(async () => expect(await locks.claim(['key'], 'one')).toEqual(['claimed']));
    expect(await locks.claim(['key'], 'two')).toEqual(['held']);
  });

  it('fails at once while Redis is gone, and goes on by itself when it is back, empty', async () => {
    await locks.claim(['key'], 'one');
    await server.crash();

    await eventually(() => expect(redis.isUp).toBe(false));
    await expectQuickFailure();

    await server.restart();
    await expectRecovery();
    expect(await locks.claim(['key'], 'two')).toEqual(['claimed']);
  });

  it('tells a call that was under way when Redis was killed', async () => {
    server.freeze();
    const failure = expect(locks.claim(['key'], 'one')).rejects.toThrow(DependencyUnavailable);

    await server.crash();

    await failure;
  });

  it('forgets leases on a flush, so that another owner may claim, and scripts without harm', async () => {
    await locks.claim(['key'], 'one');

    await redis.flushall();
    await redis.script('FLUSH');

    expect(await locks.claim(['key'], 'two')).toEqual(['claimed']);
    await locks.done(['key'], 'one');
    expect(await locks.claim(['key'], 'three')).toEqual(['held']);
  });

  it('starts without Redis and works once it is there', async () => {
    await server.crash();
    const late = new RedisClient({ url: server.url });
    await late.start();
    const lateLocks = new RecipientLocks(late);
    await expect(lateLocks.claim(['key'], 'one')).rejects.toThrow(DependencyUnavailable);

    await server.restart();

    await eventually(async () => expect(await lateLocks.claim(['key'], 'one')).toEqual(['claimed']));
    late.stop();
  });

  it('goes on with send rates while its memory is full, and without leases', async () => {
    const fallback = jest.fn();
    const rate = new SendRate(redis, fallback);
    await redis.config('SET', 'maxmemory', '1');
    const request = { key: 'campaign', ratePerSecond: 10, horizonMs: 10_000 };

    const first = await rate.reserve({ ...request, want: 50 });
    await rate.giveBack(request, 10);
    const second = await rate.reserve({ ...request, want: 50 });

    expect([first.count, second.count]).toEqual([50, 50]);
    expect(second.firstInMs).toBeGreaterThan(3_000);
    expect(fallback).not.toHaveBeenCalled();
    await expectQuickFailure();
  });

  it('counts answers and failures for the metric', async () => {
    const counts: [string, number][] = [];
    const counted = new RecipientLocks(redis, {}, (answer, keys) => counts.push([answer, keys]));
    await counted.claim(['a', 'b'], 'one');
    await counted.claim(['b', 'c'], 'two');
    await server.crash();

    await expect(counted.claim(['a'], 'one')).rejects.toThrow(DependencyUnavailable);

    expect(counts).toEqual([['claimed', 2], ['claimed', 1], ['held', 1], ['unavailable', 1]]);
  });
});
