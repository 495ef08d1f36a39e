import type { WebhookCallOutcome } from '@postrider/contracts';
import type { DeliveryState } from '../queue/delivery.entity.js';
import { MAX_TRIES, MAX_TRIES_REFUSED, nextDelayMs, pauseMsOf } from './retry-schedule.js';

/** What came back of a call. */
export type Answer =
  | { kind: 'answered'; status: number; retryAfter: string | undefined; disables: boolean; body: string }
  /** No answer; `error` says why in one line. */
  | { kind: 'failed'; error: string }
  /** Not called: the address is not a public one, or the URL not one to be called. */
  | { kind: 'blocked'; error: string };

/** What an answer means for its delivery and its endpoint. */
export interface Verdict {
  outcome: WebhookCallOutcome;
  state: DeliveryState;
  spent: boolean;
  delayMs: number;
  /** The whole endpoint rests for so long. */
  pauseMs?: number;
  /** The endpoint wants no more calls. */
  stop?: 'gone' | 'disabled';
}

const GONE = 410;
/** Refusals that pass: request timeout, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);

/**
 * @param spent tries of the delivery before this one
 * @param random in [0, 1), for the jitter
 */
export function judgeAnswer(answer: Answer, spent: number, now: Date, random: number): Verdict {
  if (answer.kind !== 'answered') return again(answer.kind, spent, answer.kind === 'blocked' ? MAX_TRIES_REFUSED : MAX_TRIES, random);
  const stop = stopReasonOf(answer);
  if (isSuccess(answer.status)) return { outcome: 'succeeded', state: 'delivered', spent: true, delayMs: 0, ...(stop && { stop }) };
  // Held as it is: what an endpoint did not want to hear yet it gets when it is started again.
  if (stop) return { outcome: 'refused', state: 'pending', spent: false, delayMs: 0, stop };
  const pauseMs = pauseMsOf(answer.retryAfter, now);
  if (pauseMs !== undefined) return { outcome: 'refused', state: 'pending', spent: false, delayMs: pauseMs, pauseMs };
  return again('refused', spent, isForGood(answer.status) ? MAX_TRIES_REFUSED : MAX_TRIES, random);
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** A redirect is as good as a refusal: it is not followed, and asking again changes little. */
const isForGood = (status: number): boolean => status < 500 && !PASSING.has(status);

function stopReasonOf({ status, disables }: Extract<Answer, { kind: 'answered' }>): Verdict['stop'] {
  if (disables) return 'disabled';
  return status === GONE ? 'gone' : undefined;
}

function again(outcome: WebhookCallOutcome, spent: number, maxTries: number, random: number): Verdict {
  const delayMs = nextDelayMs(spent + 1, maxTries, random);
  if (delayMs === undefined) return { outcome, state: 'given-up', spent: true, delayMs: 0 };
  return { outcome, state: 'pending', spent: true, delayMs };
}
