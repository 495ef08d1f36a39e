import { createHash } from 'node:crypto';

/** A Lua script that Redis runs as one step, sent by its hash. */
export interface RedisScript {
  readonly lua: string;
  readonly sha1: string;
}

export function redisScript(lua: string): RedisScript {
  return Object.freeze({ lua, sha1: createHash('sha1').update(lua).digest('hex') });
}

/** One that runs also while Redis' memory is full: for what writes keys that are few and small. Needs Redis 7. */
export const thriftyRedisScript = (lua: string): RedisScript => redisScript(`#!lua flags=allow-oom\n${lua}`);
