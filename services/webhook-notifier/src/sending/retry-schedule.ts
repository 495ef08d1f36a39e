/**
 * When a delivery is tried again.
 * Guarantee: at most {@link MAX_TRIES} tries count, at most {@link MAX_TRIES_REFUSED} where the endpoint refuses for good;
 * each delay follows the end of the try before it, moved by up to 20 % at random so that retries do not meet.
 * Source: Standard Webhooks 1.0.0, "Deliverability and reliability", with one more early try.
 */
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const JITTER = 0.2;

const DELAYS_MS = [
  0, 5 * SECOND, 30 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR,
] as const;

export const MAX_TRIES = DELAYS_MS.length;
export const MAX_TRIES_REFUSED = 6;

export const MIN_PAUSE_MS = SECOND;
export const MAX_PAUSE_MS = 24 * HOUR;

/**
 * Milliseconds until the next try; undefined when there is none.
 *
 * @param spent tries so far
 * @param random in [0, 1)
 */
export function nextDelayMs(spent: number, maxTries: number, random: number): number | undefined {
  const delay = spent < maxTries ? DELAYS_MS[spent] : undefined;
  return delay === undefined ? undefined : Math.round(delay * (1 - JITTER + 2 * JITTER * random));
}

/**
 * The pause that a `Retry-After` header asks for (RFC 9110 §10.2.3: seconds or a date), within 1 s and 24 h; undefined
 * when there is none that can be read.
 */
export function pauseMsOf(retryAfter: string | undefined, now: Date): number | undefined {
  const wanted = retryAfter === undefined ? Number.NaN : wantedMsOf(retryAfter.trim(), now);
  return Number.isNaN(wanted) ? undefined : Math.min(Math.max(wanted, MIN_PAUSE_MS), MAX_PAUSE_MS);
}

function wantedMsOf(text: string, now: Date): number {
  if (/^\d{1,12}$/.test(text)) return Number(text) * SECOND;
  // Date.parse reads much that is no HTTP date; those begin with the name of a day.
  return /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) - now.getTime() : Number.NaN;
}
