/**
 * At which moments sends may begin, so that all processes together keep a rate.
 * Guarantee: of all that reserve under one key, no two get the same slot, and slots are one gap apart; a slot is given out only
 * when it begins within the horizon, so that what is paused, stopped or dead wastes no more than that. Time is Redis' own, so
 * that clocks of processes need not agree.
 * Limits: a lag of up to 0.3 s, as of a process that was busy, is made up for at once. What lags further behind, and what is new,
 * begins anew, `leadMs` from now. Slots that are given back are given out again at the end: the rate holds over a horizon, not within one.
 * Failure modes: while Redis is away each process paces itself, at the whole rate, so that n processes may send n times as
 * fast. A Redis that forgot everything begins anew: for one horizon the rate may be doubled.
 */
import { DependencyUnavailable } from '@postrider/runtime';
import { GIVE_BACK, RESERVE } from './rate-scripts.js';
import type { RedisClient } from './redis-client.js';

export interface SlotRequest {
  /** Whose rate it is. */
  key: string;
  ratePerSecond: number;
  /** How many slots, at most. */
  want: number;
  /** How far from now the last one may begin. */
  horizonMs: number;
  /** None are given while the next one begins later than this, so that they go in larger lots; by default they always are. */
  whenWithinMs?: number;
  /** How far from now a rate begins: so long may it take to fetch what the slots are for. By default it begins at once. */
  leadMs?: number;
}

export interface ReservedSlots {
  count: number;
  /** From now until the first; negative when it lies in the past. */
  firstInMs: number;
  gapMs: number;
}

const KEY_PREFIX = 'postrider:rate:';
const LONGEST_LAG_MS = 300;
const MICROS = 1_000;

export class SendRate {
  /** The next slot of each key, in the milliseconds of this process, while Redis is away. */
  private readonly local = new Map<string, number>();

  constructor(
    private readonly redis: Pick<RedisClient, 'evaluate'>,
    private readonly observeFallback: () => void = () => undefined,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  async reserve(request: SlotRequest): Promise<ReservedSlots> {
    const gapMs = 1_000 / request.ratePerSecond;
    try {
      const { want, horizonMs, whenWithinMs = horizonMs, leadMs = 0 } = request;
      const args = [gapMs * MICROS, want, ...[horizonMs, LONGEST_LAG_MS, whenWithinMs, leadMs].map((ms) => ms * MICROS)];
      const [count, firstIn] = (await this.redis.evaluate(RESERVE, [KEY_PREFIX + request.key], args)) as [number, number];
      this.local.delete(request.key);
      return { count, firstInMs: firstIn / MICROS, gapMs };
    } catch (error) {
      if (!(error instanceof DependencyUnavailable)) throw error;
      this.observeFallback();
      return this.reserveHere(request, gapMs);
    }
  }

  /** Slots that nothing was found for. */
  async giveBack({ key, ratePerSecond }: Pick<SlotRequest, 'key' | 'ratePerSecond'>, count: number): Promise<void> {
    const gapMs = 1_000 / ratePerSecond;
    const next = this.local.get(key);
    if (next !== undefined) return void this.local.set(key, next - count * gapMs);
    try {
      await this.redis.evaluate(GIVE_BACK, [KEY_PREFIX + key], [gapMs * MICROS, count]);
    } catch (error) {
      // They are lost, and the rate is a little lower for a moment.
      if (!(error instanceof DependencyUnavailable)) throw error;
    }
  }

  private reserveHere({ key, want, horizonMs, whenWithinMs = horizonMs, leadMs = 0 }: SlotRequest, gapMs: number): ReservedSlots {
    const now = this.nowMs();
    const next = this.local.get(key) ?? -Infinity;
    const at = next < now - LONGEST_LAG_MS ? now + leadMs : next;
    const room = at > now + whenWithinMs ? 0 : Math.max(0, Math.ceil((now + horizonMs - at) / gapMs));
    const count = Math.min(want, room);
    this.local.set(key, at + count * gapMs);
    return { count, firstInMs: at - now, gapMs };
  }
}
