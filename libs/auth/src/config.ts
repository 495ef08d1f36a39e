import { z } from 'zod';

/** Signatures by a private key only: `none` and shared secrets (HS…) cannot be configured. */
export const JwtAlgorithm = z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']);

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const isSafe = (text: string): boolean => {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
};

/** Who may sign tokens, and for whom. */
export const JwtIssuer = z.strictObject({
  issuer: z.string().min(1),
  audience: z.string().min(1),
  /** Where its public keys are: HTTPS, or this machine. */
  jwksUrl: z.string().refine(isSafe, 'must be an https:// URL'),
  algorithms: z.array(JwtAlgorithm).min(1),
  /** The organizations that it may speak for; every one without it. */
  organizations: z.array(z.string().min(1)).min(1).optional(),
});
export type JwtIssuer = z.infer<typeof JwtIssuer>;

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
}

const isUnique = (issuers: JwtIssuer[]): boolean => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length;

/** For services that authenticate callers. */
export const authEnv = {
  /** JSON array of {issuer, audience, jwksUrl, algorithms, organizations?}. */
  JWT_ISSUERS: z.string().default('[]').transform(parseJson).pipe(z.array(JwtIssuer).refine(isUnique, 'names an issuer twice')),
};
