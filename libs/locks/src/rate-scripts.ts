import { thriftyRedisScript } from './redis-script.js';

/** How long a key outlives its last slot, in milliseconds. */
const KEPT_MS = 60_000;

/**
 * A key holds when its next slot begins, in microseconds. ARGV, in microseconds but for the second: gap, slots wanted, horizon,
 * longest lag that is made up for, how far ahead the next slot may begin for any to be given, and lead. Answers how many slots were given, and from now until the first.
 */
export const RESERVE = thriftyRedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local gap = tonumber(ARGV[1])
local at = tonumber(redis.call('GET', KEYS[1]) or 0)
if at < now - tonumber(ARGV[4]) then at = now + tonumber(ARGV[6]) end
local count = math.min(tonumber(ARGV[2]), math.max(0, math.ceil((now + tonumber(ARGV[3]) - at) / gap)))
if at > now + tonumber(ARGV[5]) then count = 0 end
if count > 0 then
  local next = at + count * gap
  redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil(math.max(0, next - now) / 1000) + ${KEPT_MS})
end
return { count, math.floor(at - now) }`);

/** ARGV: gap in microseconds, slots. */
export const GIVE_BACK = thriftyRedisScript(`
local next = redis.call('GET', KEYS[1])
if next then redis.call('SET', KEYS[1], string.format('%.0f', tonumber(next) - tonumber(ARGV[1]) * tonumber(ARGV[2])), 'KEEPTTL') end
return 0`);
