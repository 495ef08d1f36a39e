import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 300;

/** What a receiver checks, as it arrived. */
export interface SignedCall {
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

/**
 * Whether one of the signatures fits one of the secrets (`whsec_<base64>`) and the time is within five minutes.
 * Written from the receiver's side of Standard Webhooks 1.0.0 ("Verifying signatures"), apart from our signer.
 */
export function isSignedWith(secrets: readonly string[], call: SignedCall, now = new Date()): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = call.headers;
  if (!id || !timestamp || !signatures || !/^\d+$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const given = signatures.split(' ').filter((signature) => signature.startsWith('v1,'));
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${call.body}`).digest();
    return given.some((signature) => equals(Buffer.from(signature.slice(3), 'base64'), expected));
  });
}

const equals = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
