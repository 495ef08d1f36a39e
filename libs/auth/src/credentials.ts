import { Unauthenticated } from './auth.errors.js';

/** As Node gives them: names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Credentials {
  token: string;
  keyId: string;
  orgId: string;
  sandbox: string | undefined;
}

const BEARER = /^Bearer ([^\s]+)$/i;

/** @throws Unauthenticated when a header that authenticates is missing, repeated or malformed */
export function credentialsOf(headers: RequestHeaders): Credentials {
  const token = BEARER.exec(single(headers['authorization']) ?? '')?.[1];
  const keyId = single(headers['x-api-key']);
  const orgId = single(headers['x-gw-ims-org-id']);
  if (!token || !keyId || !orgId) throw new Unauthenticated();
  return { token, keyId, orgId, sandbox: single(headers['x-sandbox-name']) };
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header.trim() : undefined;
}
