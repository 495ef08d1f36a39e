import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, FakeRecipientLocks, testStack } from '@postrider/testing';
import { RecipientLocks, RedisClient, type RecipientLocksOptions } from '../src/index.js';

type Locks = Pick<RecipientLocks, 'claim' | 'done' | 'release'>;

const LEASE_MS = 1_000;
const DONE_MS = 400;

describe.each(['Redis', 'the fake'] as const)(`${RecipientLocks.name} on %s`, (kind) => {
  let redis: RedisClient;
  let locks: Locks;
  let keys: string[];

  beforeAll(async () => {
    redis = new RedisClient({ url: testStack().redisUrl });
    if (kind === 'Redis') await redis.start();
  });
  afterAll(() => redis.stop());

  beforeEach(() => {
    locks = locksWith({});
    keys = ['a', 'b', 'c'].map((name) => `${name}-${crypto.randomUUID()}`);
  });

  const locksWith = (options: RecipientLocksOptions): Locks =>
    kind === 'Redis' ? new RecipientLocks(redis, { keyPrefix: 'locks-test:', ...options }) : new FakeRecipientLocks(options);

  it('gives free keys to whoever claims them', async () => {
    expect(await locks.claim(keys, 'one')).toEqual(['claimed', 'claimed', 'claimed']);
  });

  it('answers per key, in the order of the keys', async () => {
    await locks.claim(keys.slice(0, 1), 'one');
    await locks.claim(keys.slice(1, 2), 'two');
    await locks.done(keys.slice(1, 2), 'two');

    expect(await locks.claim(keys, 'three')).toEqual(['held', 'done', 'claimed']);
  });

  it('lets exactly one of many owners have each key', async () => {
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);

    const answers = await Promise.all(owners.map((owner) => locks.claim(keys, owner)));

    for (const at of keys.keys()) expect(answers.filter((given) => given[at] === 'claimed')).toHaveLength(1);
  });

  it('lets an owner claim again what it holds', async () => {
    await locks.claim(keys, 'one');

    expect(await locks.claim(keys, 'one')).toEqual(['claimed', 'claimed', 'claimed']);
  });

  it('gives released keys to the next owner', async () => {
    await locks.claim(keys, 'one');

    await locks.release(keys.slice(0, 1), 'one');

    expect(await locks.claim(keys, 'two')).toEqual(['claimed', 'held', 'held']);
  });

  it('does not let one owner end the lease of another', async () => {
    await locks.claim(keys, 'one');

    await locks.release(keys, 'two');
    await locks.done(keys, 'two');

    expect(await locks.claim(keys, 'three')).toEqual(['held', 'held', 'held']);
  });

  it('does not let anyone undo what is done', async () => {
    await locks.claim(keys, 'one');
    await locks.done(keys, 'one');

    await locks.release(keys, 'one');

    expect(await locks.claim(keys, 'one')).toEqual(['done', 'done', 'done']);
  });

  it('remembers as done what nobody held any more', async () => {
    await locks.done(keys, 'one');

    expect(await locks.claim(keys, 'two')).toEqual(['done', 'done', 'done']);
  });

  it('frees a key when the lease of its owner has run out', async () => {
    const short = locksWith({ leaseMs: LEASE_MS });
    await short.claim(keys, 'died');

    const first = await short.claim(keys, 'two');

    expect(first).toEqual(['held', 'held', 'held']);
    await eventually(async () => expect(await short.claim(keys, 'two')).toEqual(['claimed', 'claimed', 'claimed']));
  });

  it('keeps a done mark longer than a lease, and not for ever', async () => {
    const short = locksWith({ leaseMs: 1, doneMs: DONE_MS });
    const startedAt = performance.now();
    await short.done(keys, 'one');

    await eventually(async () => expect(await short.claim(keys, 'two')).not.toContain('done'), { timeoutMs: 5_000, intervalMs: 10 });

    expect(performance.now() - startedAt).toBeGreaterThan(DONE_MS * 0.9);
  });

  it('takes more keys than fit into one script, and none', async () => {
    const many = Array.from({ length: 1_234 }, (_, index) => `${index}-${keys[0]}`);

    const answers = await locks.claim(many, 'one');

    expect(answers).toHaveLength(1_234);
    expect(new Set(answers)).toEqual(new Set(['claimed']));
    expect(await locks.claim([], 'one')).toEqual([]);
    await locks.done(many, 'one');
    expect(new Set(await locks.claim(many, 'two'))).toEqual(new Set(['done']));
  });
});

describe('every key in Redis', () => {
  it('has the prefix and a time to live, whatever was called', async () => {
    const redis = new RedisClient({ url: testStack().redisUrl });
    await redis.start();
    const prefix = `locks-test:${crypto.randomUUID()}:`;
    const locks = new RecipientLocks(redis, { keyPrefix: prefix });

    await locks.claim(['held', 'done', 'released'], 'one');
    await locks.done(['done', 'done-alone'], 'one');
    await locks.release(['released'], 'one');

    const ttls = await Promise.all(['held', 'done', 'done-alone', 'released'].map((key) => redis.pttl(prefix + key)));
    redis.stop();
    expect(ttls[0]).toBeGreaterThan(50_000);
    expect(ttls[0]).toBeLessThanOrEqual(60_000);
    expect(Math.min(ttls[1] ?? 0, ttls[2] ?? 0)).toBeGreaterThan(110_000);
    expect(ttls[3]).toBe(-2);
  });
});
