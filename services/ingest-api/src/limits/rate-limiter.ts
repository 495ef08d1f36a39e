/**
 * Calls a second for each key, over all processes (generic cell rate algorithm).
 * Guarantee: over a longer time a key never makes more calls than its rate; bursts of one second's worth are let through.
 * Failure modes: without Redis each process counts by itself, with the same limit; it is never open.
 */
import { Injectable } from '@nestjs/common';
import { RedisClient, redisScript } from '@postrider/locks';
import { DependencyUnavailable, Metrics, type CounterMetric } from '@postrider/runtime';

export interface RateDecision {
  isAllowed: boolean;
  /** Calls that could follow at once. */
  remaining: number;
  retryAfterMs: number;
}

const BURST_MS = 1_000;
const KEY_PREFIX = 'postrider:rate:';

/** KEYS[1]: the key; ARGV: microseconds a call costs, microseconds of burst. Answers {allowed, microseconds of debt}. */
const SCRIPT = redisScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local due = tonumber(redis.call('GET', KEYS[1]) or now)
if due < now then due = now end
local after = due + ARGV[1]
if after - now > tonumber(ARGV[2]) then return {0, due - now} end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1000)
return {1, after - now}`);

@Injectable()
export class RateLimiter {
  private readonly local = new Map<string, number>();
  private readonly fallbacks: CounterMetric<never>;

  constructor(
    private readonly redis: RedisClient,
    metrics: Metrics,
  ) {
    this.fallbacks = metrics.counter('ingest_rate_limit_fallbacks_total', 'Calls that were counted without Redis');
  }

  async take(key: string, ratePerSecond: number): Promise<RateDecision> {
    const costMicros = Math.ceil(1e6 / ratePerSecond);
    const burstMicros = Math.max(costMicros, BURST_MS * 1_000);
    try {
      const [allowed = 0, debt = 0] = (await this.redis.evaluate(SCRIPT, [KEY_PREFIX + key], [costMicros, burstMicros])) as number[];
      return decisionOf(allowed === 1, debt, costMicros, burstMicros);
    } catch (error) {
      if (!(error instanceof DependencyUnavailable)) throw error;
      this.fallbacks.inc();
      return this.takeLocally(key, costMicros, burstMicros);
    }
  }

  private takeLocally(key: string, costMicros: number, burstMicros: number): RateDecision {
    const now = performance.now() * 1_000;
    const due = Math.max(now, this.local.get(key) ?? now);
    const isAllowed = due + costMicros - now <= burstMicros;
    if (isAllowed) this.local.set(key, due + costMicros);
    return decisionOf(isAllowed, due - now + (isAllowed ? costMicros : 0), costMicros, burstMicros);
  }
}

function decisionOf(isAllowed: boolean, debtMicros: number, costMicros: number, burstMicros: number): RateDecision {
  const remaining = Math.max(0, Math.floor((burstMicros - debtMicros) / costMicros));
  return { isAllowed, remaining, retryAfterMs: isAllowed ? 0 : Math.max(1, (debtMicros + costMicros - burstMicros) / 1_000) };
}
