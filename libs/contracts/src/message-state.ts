import { z } from 'zod';

export const MessageState = z.enum([
  'accepted', 'ready', 'sending', 'retrying', 'sent', 'delivered',
  'bounced', 'failed', 'excluded', 'expired', 'cancelled', 'unknown',
]);
export type MessageState = z.infer<typeof MessageState>;

/** States that count as `pending` in I0; every other one is final for the totals. */
export const PENDING_STATES: readonly MessageState[] = ['accepted', 'ready', 'sending', 'retrying'];

/**
 * The totals of an execution. I0 holds for each of them:
 * `targeted = sent + failed + excluded + expired + cancelled + unknown + pending`.
 * `delivered` messages count as sent, `bounced` ones as failed.
 */
export const ExecutionTotals = z.object({
  targeted: z.int().nonnegative(),
  sent: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  excluded: z.int().nonnegative(),
  expired: z.int().nonnegative(),
  cancelled: z.int().nonnegative(),
  unknown: z.int().nonnegative(),
  pending: z.int().nonnegative(),
});
export type ExecutionTotals = z.infer<typeof ExecutionTotals>;

export type TotalName = Exclude<keyof ExecutionTotals, 'targeted'>;

const TOTAL_OF: Readonly<Record<MessageState, TotalName>> = {
  accepted: 'pending', ready: 'pending', sending: 'pending', retrying: 'pending',
  sent: 'sent', delivered: 'sent', bounced: 'failed', failed: 'failed',
  excluded: 'excluded', expired: 'expired', cancelled: 'cancelled', unknown: 'unknown',
};

/** The one total that a message in this state is counted in. */
export function totalOf(state: MessageState): TotalName {
  return TOTAL_OF[state];
}

/** The one word for an execution: failed when something failed and nothing was sent; nobody to send to is no failure. */
export function executionStatusOf({ pending, sent, failed }: ExecutionTotals): 'InProgress' | 'Succeeded' | 'Failed' {
  if (pending > 0) return 'InProgress';
  return sent === 0 && failed > 0 ? 'Failed' : 'Succeeded';
}
