import { tenantIdOf, type ApiKey, type Scope } from '@postrider/contracts';
import { isTokenOf } from './api-key-token.js';
import { ForbiddenSandbox, ForbiddenScope, Unauthenticated } from './auth.errors.js';
import { credentialsOf, type Credentials, type RequestHeaders } from './credentials.js';
import type { TokenIssuers } from './token-issuers.js';

/** Where API keys are looked up; a revoked one is not found. */
export interface KeyDirectory {
  find(keyId: string): ApiKey | undefined | Promise<ApiKey | undefined>;
}

/** Who calls, and for which tenant. */
export interface Principal {
  tenantId: string;
  orgId: string;
  sandbox: string;
  keyId: string;
  scopes: readonly Scope[];
  /** Calls per second that the key may make; null for no limit of its own. */
  ratePerSecond: number | null;
}

/**
 * Who sent these headers. The bearer token is the key's secret, or a JWT of a configured issuer that was issued to
 * this key (`client_id` or `azp`). A key of another organization looks like one that does not exist.
 *
 * @throws Unauthenticated for a missing header, unknown key, wrong token or other organization: one answer for all
 * @throws ForbiddenSandbox when the key is not valid for `x-sandbox-name`, or that header is missing
 * @throws DependencyUnavailable when a JWT cannot be checked because its issuer does not answer
 */
export async function authenticate(headers: RequestHeaders, directory: KeyDirectory, issuers: TokenIssuers): Promise<Principal> {
  const credentials = credentialsOf(headers);
  const found = directory.find(credentials.keyId);
  const key = found instanceof Promise ? await found : found;
  const proven = isJwt(credentials.token) ? await isIssuedTo(credentials, issuers) : isTokenOf(key?.tokenHash, credentials.token);
  if (!proven || key?.orgId !== credentials.orgId) throw new Unauthenticated();
  return principalOf(key, credentials.sandbox);
}

/** @throws ForbiddenScope when the key lacks it; scopes do not include one another */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.includes(scope)) throw new ForbiddenScope(scope);
}

/** Our own tokens hold no dot. */
function isJwt(token: string): boolean {
  return token.includes('.');
}

async function isIssuedTo({ token, keyId, orgId }: Credentials, issuers: TokenIssuers): Promise<boolean> {
  const { clientId, organizations } = await issuers.verify(token);
  return clientId === keyId && (organizations?.includes(orgId) ?? true);
}

function principalOf(key: ApiKey, sandbox: string | undefined): Principal {
  if (sandbox === undefined || !key.sandboxes.includes(sandbox)) throw new ForbiddenSandbox();
  return {
    tenantId: tenantIdOf({ orgId: key.orgId, sandbox }),
    orgId: key.orgId,
    sandbox,
    keyId: key.id,
    scopes: key.scopes,
    ratePerSecond: key.ratePerSecond,
  };
}
