import type { Fault, FeedbackWebhookPatch } from '@postrider/contracts';

/** What the delivery itself writes; a custom header must not. */
const OWN_HEADERS = new Set([
  'host', 'content-length', 'content-type', 'content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer', 'expect',
  'webhook-id', 'webhook-timestamp', 'webhook-signature', 'user-agent',
]);

/** What is wrong with an endpoint besides its shape. Which addresses it may have is checked when the socket connects. */
export function endpointFaults({ url, headers }: Pick<FeedbackWebhookPatch, 'url' | 'headers'>, allowHttp: boolean): Fault[] {
  return [...(url === undefined ? [] : urlFaults(new URL(url), allowHttp)), ...headerFaults(Object.keys(headers ?? {}))];
}

function urlFaults(url: URL, allowHttp: boolean): Fault[] {
  const fault = (message: string): Fault => ({ path: '/url', code: 'INVALID', message });
  return [
    ...(url.protocol !== 'https:' && !allowHttp ? [fault('must be an https:// URL')] : []),
    ...(url.username !== '' || url.password !== '' ? [fault('must not hold credentials: use a header')] : []),
    ...(url.hash !== '' ? [fault('must not have a fragment')] : []),
  ];
}

function headerFaults(names: readonly string[]): Fault[] {
  const lower = names.map((name) => name.toLowerCase());
  const bad = (name: string, at: number): boolean => OWN_HEADERS.has(name) || lower.indexOf(name) !== at;
  return lower.flatMap((name, at) => (bad(name, at) ? [{ path: `/headers/${names[at] ?? name}`, code: 'RESERVED', message: 'is written by the delivery itself, or given twice' }] : []));
}
