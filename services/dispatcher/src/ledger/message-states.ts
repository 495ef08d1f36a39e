/**
 * How a message's state goes on. Facts come late, twice and out of order: one that does not follow from the state that a
 * message has is ignored, so a message ends once, and nothing of lower rank is written over its end.
 */
import { MessageState, PENDING_STATES } from '@postrider/contracts';

const NEXT: Readonly<Record<MessageState, readonly MessageState[]>> = {
  accepted: ['ready', 'sending', 'excluded', 'expired', 'cancelled'],
  // It waits untouched, or for its next try.
  ready: ['sending'],
  retrying: ['sending'],
  sending: ['ready', 'retrying', 'sent', 'failed', 'excluded', 'expired', 'cancelled', 'unknown'],
  sent: ['delivered', 'bounced'],
  delivered: ['bounced'],
  bounced: [],
  failed: [],
  excluded: [],
  expired: [],
  cancelled: [],
  unknown: [],
};

const PENDING = new Set(PENDING_STATES);

/** The state after a fact: the one that it says where that follows, else the same as before. */
export const stateAfter = (state: MessageState, fact: MessageState): MessageState => (NEXT[state].includes(fact) ? fact : state);

/** The states that one may follow. */
export const statesBefore = (next: MessageState): MessageState[] => MessageState.options.filter((state) => NEXT[state].includes(next));

/** Whether something is still to come for the totals. */
export const isPending = (state: MessageState): boolean => PENDING.has(state);

/** `'a', 'b'`: for a statement's IN. The states are the contract's own words. */
export const listed = (states: readonly MessageState[]): string => states.map((state) => `'${state}'`).join(', ');
