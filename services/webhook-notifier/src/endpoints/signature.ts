/**
 * Guarantee: whoever knows one of the secrets can tell that the id, the time and the exact bytes of the body are ours.
 * Limits: the time is that of the try, so a retry is signed anew; receivers refuse what is older than some minutes.
 * Source: Standard Webhooks 1.0.0, "Signature scheme" and "Webhook headers" (symmetric, `v1`).
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const SECRET = /^whsec_[A-Za-z0-9+/]+={0,2}$/;

/** The key inside `whsec_<base64>`, as an object: made once, it signs several times faster. @throws TypeError for anything else, without repeating it */
export function signingKeyOf(secret: string): KeyObject {
  if (!SECRET.test(secret)) throw new TypeError('A webhook secret is not of the form whsec_<base64>.');
  return createSecretKey(secret.slice('whsec_'.length), 'base64');
}

/**
 * The value of `webhook-signature`: one signature per key, with spaces between; during a rotation there are two keys.
 *
 * @param timestamp seconds since 1970, as sent in `webhook-timestamp`
 */
export function signatureOf(keys: readonly KeyObject[], id: string, timestamp: number, body: string): string {
  const content = `${id}.${timestamp}.${body}`;
  return keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`).join(' ');
}
