/** From what a provider answered to what the ledger says. */
import type { DeliveryFailure, UnknownOutcome } from '@postrider/contracts';
import type { Outcome } from '../ledger/fact.js';
import type { SendResult } from '../smtp/send-result.js';
import { isPermanent, type SmtpReply } from '../smtp/smtp-reply.js';
import { nextTry } from './retry-schedule.js';

export interface Tried {
  messageId: string;
  /** Tries before this one. */
  attempts: number;
  acceptedAt: Date;
  policy: UnknownOutcome;
  /** What a further try needs. */
  payload: object;
  /** How long nothing can be sent, when the provider as a whole is down. */
  providerPauseMs: number;
  /** Others have been told that it waits for the provider. */
  isKnownToWait?: boolean;
}

/** Enhanced codes of an address that does not exist, or never will (RFC 3463 §3.2). */
const NO_SUCH_ADDRESS = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10']);
const SHORTEST_PAUSE_MS = 500;
export const PROVIDER_UNAVAILABLE = 'PROVIDER_UNAVAILABLE';

export function outcomeOf(result: SendResult, tried: Tried, now: Date): Outcome {
  switch (result.kind) {
    case 'sent':
      return { ...base(tried), state: 'sent', tries: 1, responseCode: result.reply.code, responseMs: result.ms };
    case 'refused':
      return refused(result.reply, result.stage, result.ms, tried, now);
    case 'not-handed-over':
      return result.isProviderDown ? providerDown(result.reason, tried, now) : sessionLost(result.reason, tried, now);
    case 'unknown':
      return unknown(result.reason, result.ms, tried, now);
  }
}

/** What a message comes to whose sender died between hand-over and record. */
export function abandonedOutcome(tried: Tried, now: Date): Outcome {
  return unknown('The sending process ended before the outcome was recorded.', null, tried, now);
}

const base = ({ messageId }: Tried) => ({ messageId, code: null, reason: null, failure: null, responseCode: null, responseMs: null });

/** No try is spent on a provider that is away, and its absence is told of once. */
function providerDown(reason: string, tried: Tried, now: Date): Outcome {
  const outcome = { ...base(tried), tries: 0 as const, code: PROVIDER_UNAVAILABLE, reason, dueAt: afterPause(tried, now), payload: tried.payload };
  return { ...outcome, state: 'retrying', isSilent: tried.isKnownToWait ?? false };
}

/** The provider takes sessions and drops this mail: perhaps because of the mail, so it goes by the schedule. */
function sessionLost(reason: string, tried: Tried, now: Date): Outcome {
  const failure: DeliveryFailure = { category: 'soft', type: 'smtp-session', code: 'SESSION_LOST', reason };
  return deferred({ ...base(tried), tries: 1, failure, reason, code: 'PROVIDER_DEFERRED' }, tried, now);
}

function deferred(outcome: Omit<Outcome, 'state'>, tried: Tried, now: Date): Outcome {
  const dueAt = nextTry(tried.attempts + 1, tried.acceptedAt, now);
  return dueAt ? { ...outcome, state: 'retrying', dueAt, payload: tried.payload } : { ...outcome, state: 'failed', code: 'RETRIES_EXHAUSTED' };
}

function refused(reply: SmtpReply, stage: string, ms: number, tried: Tried, now: Date): Outcome {
  const failure: DeliveryFailure = {
    category: isPermanent(reply) ? 'hard' : 'soft',
    type: `smtp-${stage}`,
    code: reply.enhanced ?? String(reply.code),
    reason: reply.text.slice(0, 500),
  };
  const answered = { ...base(tried), tries: 1 as const, failure, reason: failure.reason, responseCode: reply.code, responseMs: ms };
  if (!isPermanent(reply)) return deferred({ ...answered, code: 'PROVIDER_DEFERRED' }, tried, now);
  const suppresses = stage === 'recipient' && NO_SUCH_ADDRESS.has(reply.enhanced ?? '');
  return { ...answered, state: 'failed', code: 'PROVIDER_REFUSED', suppresses };
}

function unknown(reason: string, ms: number | null, tried: Tried, now: Date): Outcome {
  const outcome = { ...base(tried), tries: 1 as const, code: 'OUTCOME_UNKNOWN', reason, responseMs: ms };
  if (tried.policy === 'never-twice') return { ...outcome, state: 'unknown' };
  return { ...outcome, state: 'retrying', dueAt: afterPause(tried, now), payload: tried.payload };
}

const afterPause = ({ providerPauseMs }: Tried, now: Date): Date => new Date(now.getTime() + Math.max(SHORTEST_PAUSE_MS, providerPauseMs));
