import type { WebhookCallOutcome } from '@postrider/contracts';
import type { DeliveryState } from './delivery.entity.js';

/** A status on its way to one endpoint. */
export interface Delivery {
  /** The `webhook-id`. */
  id: string;
  tenantId: string;
  endpointId: string;
  messageId: string;
  sequence: number;
  /** The bytes that are signed and sent, on every try. */
  body: string;
  /** Tries spent of the schedule. */
  attempts: number;
  /** Calls made. */
  calls: number;
  occurredAt: Date;
}

export type NewDelivery = Omit<Delivery, 'attempts' | 'calls'>;

/** One call of an endpoint, as it ended. */
export interface Attempt {
  webhookId: string;
  endpointId: string;
  /** Null for a test. */
  messageId: string | null;
  sequence: number | null;
  number: number;
  startedAt: Date;
  durationMillis: number;
  outcome: WebhookCallOutcome;
  statusCode: number | null;
  error: string | null;
  answer: string | null;
}

/** What a call did to its delivery. */
export interface CallResult {
  delivery: Delivery;
  attempt: Attempt;
  state: DeliveryState;
  /** Whether the call counts as a try of the schedule. */
  spent: boolean;
  /** Until the next try; for a `pending` state. */
  delayMs: number;
}
