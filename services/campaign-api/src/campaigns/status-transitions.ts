import type { CampaignKind, CampaignStatus } from '@postrider/contracts';

/** What can be done to a campaign; `begin` and `end` are done by its schedule. */
export type CampaignAction = 'edit' | 'activate' | 'begin' | 'end' | 'stop' | 'archive' | 'delete';

/** The status after an action; null where the campaign is gone. An action that is not listed is refused. */
const TRANSITIONS: Readonly<Record<CampaignStatus, Partial<Record<CampaignAction, readonly (CampaignStatus | null)[]>>>> = {
  Draft: { edit: ['Draft'], activate: ['Live', 'Scheduled'], delete: [null] },
  Scheduled: { edit: ['Scheduled'], activate: ['Live', 'Scheduled'], begin: ['Live'], end: ['Completed'], stop: ['Stopped'] },
  Live: { edit: ['Live'], activate: ['Live'], end: ['Completed'], stop: ['Stopped'] },
  Stopped: { stop: ['Stopped'], archive: ['Archived'] },
  Completed: { archive: ['Archived'] },
  Archived: { archive: ['Archived'] },
};

/** The statuses that an action can lead to, none when it is refused. */
export function outcomesOf(status: CampaignStatus, action: CampaignAction): readonly (CampaignStatus | null)[] {
  return TRANSITIONS[status][action] ?? [];
}

export function isAllowed(status: CampaignStatus, action: CampaignAction): boolean {
  return outcomesOf(status, action).length > 0;
}

export interface Window {
  startAt: Date | null;
  endAt: Date | null;
}

/** How long a marketing campaign without an end of its own takes calls: it is a single run. */
const ONE_TIME_RUN_MS = 3 * 24 * 60 * 60 * 1_000;

/** When a campaign that is activated now is over though it has no end: never, unless it is a marketing campaign. */
export function completionOf(kind: CampaignKind, { startAt, endAt }: Window, activatedAt: Date): Date | null {
  if (kind !== 'marketing' || endAt) return null;
  return new Date(Math.max(activatedAt.getTime(), startAt?.getTime() ?? 0) + ONE_TIME_RUN_MS);
}

/** The end that a campaign has, by its schedule or by itself. */
export function endOf({ endAt, completesAt }: { endAt: Date | null; completesAt: Date | null }): Date | null {
  return endAt ?? completesAt;
}

/** Where a campaign with this window stands at a moment: the start belongs to it, the end does not. */
export function statusInWindow({ startAt, endAt }: Window, now: Date): 'Scheduled' | 'Live' | 'Completed' {
  if (endAt && endAt <= now) return 'Completed';
  return startAt && startAt > now ? 'Scheduled' : 'Live';
}
