import { administration } from './http.js';

export type Shield = 'healthcare' | 'privacy-and-security';

/** Puts the organization under these shields, and under no others. */
export async function shieldWith(shields: readonly Shield[]): Promise<void> {
  const { headers } = await administration('GET', '/organization');
  const { status, body } = await administration('PATCH', '/organization', { shields }, { 'if-match': String(headers.etag) });
  if (status !== 200) throw new Error(`The organization's edit answered ${status}: ${JSON.stringify(body)}`);
}
