export { redisEnv } from './config.js';
export { RecipientLocks } from './recipient-locks.js';
export type { ClaimAnswer, ClaimObserver, RecipientLocksOptions } from './recipient-locks.js';
export { RedisClient } from './redis-client.js';
export type { RedisClientOptions } from './redis-client.js';
export { RedisModule } from './redis.module.js';
export type { RedisModuleOptions } from './redis.module.js';
export { redisScript } from './redis-script.js';
export type { RedisScript } from './redis-script.js';
