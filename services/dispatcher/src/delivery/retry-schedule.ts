/** When a message that was put off for now is tried again. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** After the first try, the second, …; then every eight hours. Source: RFC 5321 §4.5.4.1 asks to go on for days. */
const DELAYS = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR];
const LONGEST = 8 * HOUR;
const GIVE_UP_AFTER = 84 * HOUR;
const JITTER = 0.1;

/**
 * The time of the next try; undefined when it is over after 84 hours.
 * @param tries those made so far, from 1
 * @param since when the message was accepted
 */
export function nextTry(tries: number, since: Date, now: Date, random: () => number = Math.random): Date | undefined {
  const delay = DELAYS[tries - 1] ?? LONGEST;
  const at = now.getTime() + delay * (1 + JITTER * (2 * random() - 1));
  return at - since.getTime() > GIVE_UP_AFTER ? undefined : new Date(at);
}
