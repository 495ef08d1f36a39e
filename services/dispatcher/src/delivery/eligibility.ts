/** The rules by which a recipient gets nothing, in order; the first that applies decides. Rules are added here. */
import type { CampaignState } from '@postrider/contracts';

export interface Candidate {
  acceptedAt: string;
  expiresAt: string;
  campaign: CampaignState | undefined;
  /** Hand-overs a second; null, or unknown, where there is no rate. */
  sendRatePerSecond?: number | null | undefined;
  /** Whether its execution was cancelled, as far as is known. */
  isCancelled?: boolean;
  /** Why nothing is sent to its address any more; null, or unknown, when it is. */
  suppression?: string | null;
}

/** What rules are measured by. */
export interface Circumstances {
  now: Date;
  /** How long after its call a campaign with a send rate may still be sent. */
  sendingWindowMs: number;
}

/** The end that a rule decides on. */
export interface Verdict {
  state: 'expired' | 'cancelled' | 'excluded';
  code: string;
  reason: string;
}

type Rule = (candidate: Candidate, circumstances: Circumstances) => Verdict | undefined;

const wasStopped: Rule = ({ campaign }) =>
  campaign?.status === 'Stopped' ? { state: 'cancelled', code: 'CAMPAIGN_STOPPED', reason: 'The campaign was stopped.' } : undefined;

const wasCancelled: Rule = ({ isCancelled }) =>
  isCancelled ? { state: 'cancelled', code: 'EXECUTION_CANCELLED', reason: 'The execution was cancelled.' } : undefined;

const hasExpired: Rule = ({ expiresAt }, { now }) =>
  now.getTime() >= Date.parse(expiresAt) ? { state: 'expired', code: 'EXPIRED', reason: 'It was not handed over before it expired.' } : undefined;

const isOutsideSendingWindow: Rule = ({ acceptedAt, sendRatePerSecond }, { now, sendingWindowMs }) =>
  sendRatePerSecond && now.getTime() >= Date.parse(acceptedAt) + sendingWindowMs
    ? { state: 'excluded', code: 'SENDING_WINDOW_OVER', reason: 'Its turn at the send rate did not come within the sending window.' }
    : undefined;

const isSuppressed: Rule = ({ suppression }) => (suppression ? { state: 'excluded', code: 'SUPPRESSED', reason: suppression } : undefined);

const RULES: readonly Rule[] = [wasStopped, wasCancelled, hasExpired, isOutsideSendingWindow, isSuppressed];

/** Undefined for a recipient that may be sent to. */
export function judge(candidate: Candidate, circumstances: Circumstances): Verdict | undefined {
  for (const rule of RULES) {
    const verdict = rule(candidate, circumstances);
    if (verdict) return verdict;
  }
  return undefined;
}
