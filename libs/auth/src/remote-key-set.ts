/**
 * Guarantee: at most one request to an issuer at a time, however many tokens wait for it; a new signing key works as
 * soon as a token names it. While the issuer is down, the keys last seen serve for a day.
 * Limits: a key that the issuer removed is trusted until the next refresh (ten minutes).
 * Failure modes: no keys at all and no answer: DependencyUnavailable. After each attempt, tokens with unknown keys cannot
 * cause another one for some seconds, so that forged ones cannot flood the issuer.
 */
import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters, type LocalJWKSet } from 'jose';
import { DependencyUnavailable } from '@postrider/runtime';

const REFRESH_AFTER_MS = 10 * 60_000;
const TRUSTED_FOR_MS = 24 * 3_600_000;
const FETCH_TIMEOUT_MS = 3_000;

export interface RemoteKeySetOptions {
  /** How long after a request no other is made; by default 10 s. */
  cooldownMs?: number;
  monotonicMs?: () => number;
}

type Key = Awaited<ReturnType<LocalJWKSet>>;

export class RemoteKeySet {
  private keys: LocalJWKSet | undefined;
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private pending: Promise<void> | undefined;
  private lastError: unknown;

  constructor(
    private readonly url: string,
    private readonly options: RemoteKeySetOptions = {},
  ) {}

  /**
   * The public key that a token's header names.
   * @throws DependencyUnavailable, or jose's own error when the issuer has no such key
   */
  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<Key> {
    const keys = await this.current();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.isCoolingDown()) throw error;
      await this.refresh();
      return (this.keys ?? keys)(header, token);
    }
  }

  private async current(): Promise<LocalJWKSet> {
    const age = this.now() - this.fetchedAt;
    if (age > TRUSTED_FOR_MS) await this.refresh();
    else if (age > REFRESH_AFTER_MS) void this.refresh();
    if (!this.keys || this.now() - this.fetchedAt > TRUSTED_FOR_MS) throw new DependencyUnavailable('token issuer', this.lastError);
    return this.keys;
  }

  /** Joins the request under way, or makes one unless there was one just now. Never rejects. */
  private async refresh(): Promise<void> {
    if (this.pending) return this.pending;
    if (this.isCoolingDown()) return;
    this.triedAt = this.now();
    this.pending = this.fetch().finally(() => (this.pending = undefined));
    return this.pending;
  }

  private async fetch(): Promise<void> {
    try {
      const response = await fetch(this.url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), headers: { accept: 'application/json' } });
      if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
      this.keys = createLocalJWKSet((await response.json()) as JSONWebKeySet);
      this.fetchedAt = this.now();
    } catch (error) {
      this.lastError = error;
    }
  }

  private isCoolingDown(): boolean {
    return !this.pending && this.now() - this.triedAt < (this.options.cooldownMs ?? 10_000);
  }

  private now(): number {
    return this.options.monotonicMs?.() ?? performance.now();
  }
}
