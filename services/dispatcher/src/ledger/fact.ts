import type { DeliveryFailure, MessageState } from '@postrider/contracts';

/** Which message it is, and for whom: what never changes. */
interface MessageFacts {
  messageId: string;
  executionId: string;
  tenantId: string;
  requestId: string;
  campaignId: string;
  campaignVersionId: string;
  recipientKey: string;
  channel: 'email';
  namespace: string;
  userId: string;
  address: string | null;
  profileId: string | null;
}

/** What the ledger holds of one message, as rows are read and statuses are made of. */
export interface LedgerMessage extends MessageFacts {
  state: MessageState;
  sequence: number;
  attempts: number;
  code: string | null;
  reason: string | null;
  failure: DeliveryFailure | null;
  responseCode: number | null;
  responseMs: number | null;
  updatedAt: Date;
  /** The attempt that has it, or had it last; absent where it was not read. */
  attemptToken?: string | null;
}

/** A message that the ledger meets for the first time, and what it should be then. */
export interface Opening extends MessageFacts {
  acceptedAt: string;
  readyAt: string | null;
  expiresAt: string;
  /** `sending` to be sent now, `ready` to be parked, or the end that is known already. */
  state: Extract<MessageState, 'sending' | 'ready' | 'excluded' | 'expired' | 'cancelled'>;
  code: string | null;
  reason: string | null;
  /** Of what is parked. Also kept where an unknown outcome means another try: the process that knows it may be dead by then. */
  payload: object | null;
}

/** What came of one try, or that there was none. */
export interface Outcome {
  messageId: string;
  /** `ready`: given back untouched, to be sent by whoever takes it from those that wait. */
  state: Extract<MessageState, 'sent' | 'failed' | 'retrying' | 'unknown' | 'expired' | 'cancelled' | 'excluded' | 'ready'>;
  /** 1 when something was handed over or refused, 0 when nothing left the process. */
  tries: 0 | 1;
  code: string | null;
  reason: string | null;
  failure: DeliveryFailure | null;
  responseCode: number | null;
  responseMs: number | null;
  /** With `ready` and `retrying`. */
  dueAt?: Date;
  payload?: object;
  /** With `ready`: it waits for a permission, and not for its time. */
  isParked?: boolean;
  /** Nothing that others are told of: the sequence does not go on. */
  isSilent?: boolean;
  /** The address does not exist: nothing is sent to it any more. */
  suppresses?: boolean;
}

/** An execution of which nothing is pending any more, since this change. */
export interface CompletedExecution {
  executionId: string;
  tenantId: string;
  campaignId: string;
  requestId: string;
  targeted: number;
  sent: number;
  failed: number;
  excluded: number;
  expired: number;
  cancelled: number;
  unknown: number;
  completedAt: Date;
}
