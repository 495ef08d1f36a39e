import { Redis } from 'ioredis';
import { repeat, type Probe } from './probe.js';

const BATCH = 500;

/** Pipelined `SET key value NX PX`, 500 at a time. */
export const F3: Probe = async ({ redisUrl }) => {
  const redis = new Redis(redisUrl);
  let next = 0;
  const operations = await repeat(async () => {
    const pipeline = redis.pipeline();
    for (let i = 0; i < BATCH; i += 1) pipeline.set(`bench:probe:${next++}`, '1', 'PX', 10_000, 'NX');
    await pipeline.exec();
    return BATCH;
  });
  await redis.quit();
  return operations;
};
