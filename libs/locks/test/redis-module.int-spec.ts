import { afterEach, describe, expect, it } from '@jest/globals';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Metrics, RuntimeModule } from '@postrider/runtime';
import { testStack } from '@postrider/testing';
import { RecipientLocks, RedisClient, RedisModule } from '../src/index.js';

const NOTHING_LISTENS = 'redis://127.0.0.1:1';

describe(RedisModule.name, () => {
  let app: INestApplicationContext;

  afterEach(() => app.close());

  async function start(url: string): Promise<void> {
    const config = { HTTP_PORT: 0, HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'silent', SHUTDOWN_DEADLINE_MS: 1_000, POSTRIDER_MODE: 'local' } as const;
    @Module({ imports: [RuntimeModule.register({ service: 'test', config }), RedisModule.register({ url })] })
    class TestModule {}
    app = await NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
  }

  const figures = async () => (await app.get(Metrics).expose()).split('\n').filter((line) => /^(redis_up|recipient_lock_claims_total)/.test(line));

  it('provides locks that count their answers', async () => {
    await start(testStack().redisUrl);

    expect(await app.get(RecipientLocks).claim([crypto.randomUUID(), crypto.randomUUID()], 'one')).toEqual(['claimed', 'claimed']);

    expect(await figures()).toEqual(['redis_up{service="test"} 1', 'recipient_lock_claims_total{answer="claimed",service="test"} 2']);
  });

  it('starts without Redis, says so in a metric, and ends', async () => {
    await start(NOTHING_LISTENS);

    await expect(app.get(RecipientLocks).claim(['key'], 'one')).rejects.toMatchObject({ dependency: 'redis' });

    expect(app.get(RedisClient).isUp).toBe(false);
    expect(await figures()).toEqual(['redis_up{service="test"} 0', 'recipient_lock_claims_total{answer="unavailable",service="test"} 1']);
  });
});
