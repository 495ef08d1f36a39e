import type { RecipientReady } from '@postrider/contracts';
import type { Outcome } from '../ledger/fact.js';
import type { Verdict } from './eligibility.js';

const untried = { tries: 0, failure: null, responseCode: null, responseMs: null } as const;

/** A message that came to an end by a rule: nothing left this process. */
export const endedBy = (messageId: string, { state, code, reason }: Verdict): Outcome => ({ messageId, ...untried, state, code, reason });

/** A message that was not begun: it waits in the ledger, with all that its send needs, for whoever takes it at that time. */
export const givenBack = (ready: RecipientReady, dueAt: Date): Outcome => ({ messageId: ready.messageId, ...untried, state: 'ready', code: null, reason: null, dueAt, payload: ready });

/** A message that waits in the ledger for a permission: its turn at a rate, or the end of a pause. */
export const parked = (ready: RecipientReady): Outcome => ({ ...givenBack(ready, new Date(ready.expiresAt)), isParked: true });
