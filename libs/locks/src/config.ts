import { z } from 'zod';

/** For services that lock recipients or count calls. */
export const redisEnv = {
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must be a redis:// URL'),
};
