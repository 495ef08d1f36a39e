/**
 * Calls a second for each key, over all processes (generic cell rate algorithm).
 * Guarantee: over a longer time a key never makes more calls than its rate; bursts of one second's worth are let through.
 * Calls of one key that wait at the same moment are counted by one script, in the order in which they came.
 * Failure modes: without Redis each process counts by itself, with the same limit; it is never open.
 */
import { Injectable } from '@nestjs/common';
import { RedisClient, thriftyRedisScript } from '@postrider/locks';
import { DependencyUnavailable, Metrics, type CounterMetric } from '@postrider/runtime';
import { GroupedWork } from '../intake/grouped-work.js';

export interface RateDecision {
  isAllowed: boolean;
  /** Calls that could follow at once. */
  remaining: number;
  retryAfterMs: number;
}

const KEY_PREFIX = 'postrider:rate:';

/** KEYS[1]: the key; ARGV: microseconds a call costs, microseconds of burst, calls. Answers {calls allowed, microseconds of debt before them}. */
const SCRIPT = thriftyRedisScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local due = tonumber(redis.call('GET', KEYS[1]) or now)
if due < now then due = now end
local cost, calls = tonumber(ARGV[1]), tonumber(ARGV[3])
local allowed = math.max(0, math.min(calls, math.floor((tonumber(ARGV[2]) - (due - now)) / cost)))
if allowed > 0 then
  local after = due + allowed * cost
  redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1000)
end
return {allowed, due - now}`);

/** What one call asks for. */
interface Take {
  key: string;
  costMicros: number;
  burstMicros: number;
}

const MAX_TAKES = 500;

@Injectable()
export class RateLimiter {
  private readonly local = new Map<string, number>();
  private readonly fallbacks: CounterMetric<never>;
  private readonly takes = new GroupedWork<Take, RateDecision>({ maxItems: MAX_TAKES, run: (takes) => this.takeTogether(takes) });

  constructor(
    private readonly redis: RedisClient,
    metrics: Metrics,
  ) {
    this.fallbacks = metrics.counter('ingest_rate_limit_fallbacks_total', 'Calls that were counted without Redis');
  }

  async take(key: string, ratePerSecond: number): Promise<RateDecision> {
    const costMicros = Math.ceil(1e6 / ratePerSecond);
    const take = { key, costMicros, burstMicros: costMicros * ratePerSecond };
    try {
      return await this.takes.add(take);
    } catch (error) {
      if (!(error instanceof DependencyUnavailable)) throw error;
      this.fallbacks.inc();
      return this.takeLocally(take);
    }
  }

  private async takeTogether(takes: readonly Take[]): Promise<RateDecision[]> {
    const byKey = Map.groupBy(takes, ({ key }) => key);
    const decisions = new Map(await Promise.all([...byKey].map(async ([key, ofKey]) => [key, await this.takeAll(ofKey)] as const)));
    return takes.map(({ key }) => decisions.get(key)?.shift() as RateDecision);
  }

  /** All of one key: as many as are allowed, the first ones. */
  private async takeAll(takes: readonly Take[]): Promise<RateDecision[]> {
    const [{ key, costMicros, burstMicros }] = takes as [Take];
    const [allowed = 0, debt = 0] = (await this.redis.evaluate(SCRIPT, [KEY_PREFIX + key], [costMicros, burstMicros, takes.length])) as number[];
    return takes.map((_take, i) => decisionOf(i < allowed, debt + Math.min(i + 1, allowed) * costMicros, costMicros, burstMicros));
  }

  private takeLocally({ key, costMicros, burstMicros }: Take): RateDecision {
    // Whole numbers: of fractions, a sum less one of its terms may be more than the other.
    const now = Math.round(performance.now() * 1_000);
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
