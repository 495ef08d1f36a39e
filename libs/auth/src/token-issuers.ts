/**
 * Guarantee: a token counts only if a configured issuer signed it with one of that issuer's algorithms, for its
 * audience, and it has not expired.
 * Limits: a verdict is remembered for at most a minute (and never past `exp`), so that a caller's token costs
 * microseconds after its first use; the API key behind it is checked each time.
 */
import { hash } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { Unauthenticated } from './auth.errors.js';
import type { JwtIssuer } from './config.js';
import { RemoteKeySet, type RemoteKeySetOptions } from './remote-key-set.js';

const CLOCK_TOLERANCE_SECONDS = 5;
const REMEMBERED_MS = 60_000;
const REMEMBERED_TOKENS = 1_000;

/** What a valid token says. */
export interface TokenClaims {
  /** `client_id`, else `azp`: the API key that the token was issued to. */
  clientId: string | undefined;
  /** The organizations that its issuer may speak for; undefined for every one. */
  organizations: readonly string[] | undefined;
}

interface Remembered {
  claims: TokenClaims;
  until: number;
}

export class TokenIssuers {
  private readonly issuers: ReadonlyMap<string, { config: JwtIssuer; keys: RemoteKeySet }>;
  private readonly verdicts = new Map<string, Remembered>();

  constructor(configs: readonly JwtIssuer[], options: RemoteKeySetOptions = {}) {
    this.issuers = new Map(configs.map((config) => [config.issuer, { config, keys: new RemoteKeySet(config.jwksUrl, options) }]));
  }

  /**
   * @throws Unauthenticated for any token that does not count
   * @throws DependencyUnavailable when the issuer's keys cannot be had
   */
  async verify(token: string): Promise<TokenClaims> {
    const digest = hash('sha256', token, 'base64url');
    const remembered = this.verdicts.get(digest);
    if (remembered && Date.now() < remembered.until) return remembered.claims;
    this.verdicts.delete(digest);
    const { claims, expiresAt } = await this.check(token);
    this.remember(digest, { claims, until: Math.min(expiresAt, Date.now() + REMEMBERED_MS) });
    return claims;
  }

  private async check(token: string): Promise<{ claims: TokenClaims; expiresAt: number }> {
    try {
      const known = this.issuers.get(decodeJwt(token).iss ?? '');
      if (!known) throw new Unauthenticated();
      const { config, keys } = known;
      const { payload } = await jwtVerify(token, (header, input) => keys.find(header, input), {
        issuer: config.issuer,
        audience: config.audience,
        algorithms: config.algorithms,
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      return { claims: { clientId: clientOf(payload), organizations: config.organizations }, expiresAt: (payload.exp ?? 0) * 1_000 };
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new Unauthenticated(error);
      throw error;
    }
  }

  private remember(digest: string, verdict: Remembered): void {
    const oldest = this.verdicts.size >= REMEMBERED_TOKENS ? this.verdicts.keys().next().value : undefined;
    if (oldest !== undefined) this.verdicts.delete(oldest);
    this.verdicts.set(digest, verdict);
  }
}

function clientOf(payload: JWTPayload): string | undefined {
  const claimed = payload['client_id'] ?? payload['azp'];
  return typeof claimed === 'string' ? claimed : undefined;
}
