import { redisScript } from './redis-script.js';

/** A key holds `=` and its owner while someone works, and {@link DONE_MARK} once done. */
export const LEASE_PREFIX = '=';
export const DONE_MARK = '!';

/** ARGV: own lease, milliseconds. Answers per key 0 claimed, 1 held, 2 done. Claiming again renews one's own lease. */
export const CLAIM = redisScript(`
local found = redis.call('MGET', unpack(KEYS))
local answers = {}
for i = 1, #KEYS do
  if not found[i] or found[i] == ARGV[1] then
    redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2])
    answers[i] = 0
  elseif found[i] == '${DONE_MARK}' then
    answers[i] = 2
  else
    answers[i] = 1
  end
end
return answers`);

/** ARGV: own lease, milliseconds. Marks what is one's own, or nobody's (its lease ran out, or Redis lost it). */
export const MARK_DONE = redisScript(`
local found = redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do
  if not found[i] or found[i] == ARGV[1] then
    redis.call('SET', KEYS[i], '${DONE_MARK}', 'PX', ARGV[2])
  end
end
return 0`);

/** ARGV: own lease. Removes what is one's own. */
export const RELEASE = redisScript(`
local found = redis.call('MGET', unpack(KEYS))
local own = {}
for i = 1, #KEYS do
  if found[i] == ARGV[1] then own[#own + 1] = KEYS[i] end
end
if #own > 0 then redis.call('DEL', unpack(own)) end
return #own`);
