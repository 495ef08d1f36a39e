/** The rules by which a recipient gets nothing, in order; the first that applies decides. Rules are added here. */
import type { CampaignState } from '@postrider/contracts';

export interface Candidate {
  expiresAt: string;
  campaign: CampaignState | undefined;
  /** Whether its execution was cancelled, as far as is known. */
  isCancelled?: boolean;
}

/** The end that a rule decides on. */
export interface Verdict {
  state: 'expired' | 'cancelled';
  code: string;
  reason: string;
}

type Rule = (candidate: Candidate, now: Date) => Verdict | undefined;

const hasExpired: Rule = ({ expiresAt }, now) =>
  now.getTime() >= Date.parse(expiresAt) ? { state: 'expired', code: 'EXPIRED', reason: 'It was not handed over before it expired.' } : undefined;

const wasStopped: Rule = ({ campaign }) =>
  campaign?.status === 'Stopped' ? { state: 'cancelled', code: 'CAMPAIGN_STOPPED', reason: 'The campaign was stopped.' } : undefined;

const wasCancelled: Rule = ({ isCancelled }) =>
  isCancelled ? { state: 'cancelled', code: 'EXECUTION_CANCELLED', reason: 'The execution was cancelled.' } : undefined;

const RULES: readonly Rule[] = [wasStopped, wasCancelled, hasExpired];

/** Undefined for a recipient that may be sent to. */
export function judge(candidate: Candidate, now: Date): Verdict | undefined {
  for (const rule of RULES) {
    const verdict = rule(candidate, now);
    if (verdict) return verdict;
  }
  return undefined;
}
