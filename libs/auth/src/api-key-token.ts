import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const KEY_BYTES = 16;
const TOKEN_BYTES = 32;
/** No token hashes to it; compared with where there is no key, so that both cases take as long. */
const NO_HASH = '0'.repeat(64);

export interface NewApiKey {
  /** What callers send as `x-api-key`; not a secret. */
  apiKey: string;
  /** What they send as the bearer token: 256 random bits, shown once. */
  token: string;
  tokenHash: string;
}

export function newApiKey(): NewApiKey {
  const token = `prt_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  return { apiKey: randomBytes(KEY_BYTES).toString('hex'), token, tokenHash: hashToken(token) };
}

/** SHA-256, hex: what is stored. Enough for a random token; it would not be for a password. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}

/** Compares in constant time; without a stored hash it is false, and takes as long. */
export function isTokenOf(tokenHash: string | undefined, token: string): boolean {
  const stored = Buffer.from(tokenHash ?? NO_HASH, 'latin1');
  const shown = Buffer.from(hashToken(token), 'latin1');
  return stored.length === shown.length && timingSafeEqual(stored, shown);
}
