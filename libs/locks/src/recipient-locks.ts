/**
 * Guarantee: of all owners that claim a key at the same time, one is told `claimed`. It keeps the key for a short lease
 * while it works; `done` leaves a mark that says the work is finished. Only the owner ends its own lease. Every key
 * has a time to live. A claim of up to 1,000 keys is one step of Redis and one round trip; larger ones go in parallel.
 * Limits: this saves work and collisions, no more. A lease runs out under an owner that is too slow, and Redis may forget
 * everything: what must never happen twice is decided by Postgres. One Redis primary, not Redis Cluster, whose scripts
 * may not touch keys of several slots.
 * Failure modes: `held` means try again later, never skip, for the holder may die. On errors every method throws
 * DependencyUnavailable('redis') quickly and the caller goes on with the ledger alone. A claim that failed may have been
 * made all the same: claiming again with the same owner succeeds, other owners wait for its lease to run out.
 */
import { CLAIM, LEASE_PREFIX, MARK_DONE, RELEASE } from './lock-scripts.js';
import type { RedisClient } from './redis-client.js';
import type { RedisScript } from './redis-script.js';

export const CLAIM_ANSWERS = ['claimed', 'held', 'done'] as const;
export type ClaimAnswer = (typeof CLAIM_ANSWERS)[number];

export interface RecipientLocksOptions {
  keyPrefix?: string;
  /** How long a claim lasts without `done` or `release`. */
  leaseMs?: number;
  /**
   * How long `done` is remembered: longer than most repeats need to come, and short enough that a memory of 256 MB, at some 200
   * bytes a key, holds what is done of 10,000 a second.
   */
  doneMs?: number;
}

/** Told after each call how many keys got which answer, or `unavailable`. */
export type ClaimObserver = (answer: ClaimAnswer | 'unavailable', keys: number) => void;

const KEYS_PER_SCRIPT = 1_000;
const DEFAULTS = { keyPrefix: 'postrider:lock:', leaseMs: 60_000, doneMs: 120_000 };

export class RecipientLocks {
  private readonly options: Required<RecipientLocksOptions>;

  constructor(
    private readonly redis: Pick<RedisClient, 'evaluate'>,
    options: RecipientLocksOptions = {},
    private readonly observe: ClaimObserver = () => undefined,
  ) {
    this.options = { ...DEFAULTS, ...options };
  }

  /**
   * Tries to take every key for `owner`, a token that no other worker uses. Answers in the order of the keys.
   * @throws DependencyUnavailable
   */
  async claim(keys: readonly string[], owner: string): Promise<ClaimAnswer[]> {
    try {
      const codes = (await this.evaluate(CLAIM, keys, [owner, this.options.leaseMs])) as number[][];
      const answers = codes.flat().map((code) => CLAIM_ANSWERS[code] ?? 'held');
      for (const answer of CLAIM_ANSWERS) this.count(answer, answers.filter((given) => given === answer).length);
      return answers;
    } catch (error) {
      this.count('unavailable', keys.length);
      throw error;
    }
  }

  /**
   * Says that the work under these keys is finished. Keys that another owner has taken meanwhile are left to it.
   * @throws DependencyUnavailable
   */
  async done(keys: readonly string[], owner: string): Promise<void> {
    await this.evaluate(MARK_DONE, keys, [owner, this.options.doneMs]);
  }

  /**
   * Gives back keys whose work was not done. Keys that are not (or no longer) this owner's stay as they are.
   * @throws DependencyUnavailable
   */
  async release(keys: readonly string[], owner: string): Promise<void> {
    await this.evaluate(RELEASE, keys, [owner]);
  }

  private evaluate(script: RedisScript, keys: readonly string[], [owner, ...rest]: readonly [string, ...number[]]): Promise<unknown[]> {
    const named = keys.map((key) => `${this.options.keyPrefix}${key}`);
    const args = [`${LEASE_PREFIX}${owner}`, ...rest];
    return Promise.all(chunksOf(named).map((chunk) => this.redis.evaluate(script, chunk, args)));
  }

  private count(answer: ClaimAnswer | 'unavailable', keys: number): void {
    if (keys > 0) this.observe(answer, keys);
  }
}

function chunksOf(keys: readonly string[]): string[][] {
  const chunks: string[][] = [];
  for (let start = 0; start < keys.length; start += KEYS_PER_SCRIPT) chunks.push(keys.slice(start, start + KEYS_PER_SCRIPT));
  return chunks;
}
