import type { SmtpReply } from './smtp-reply.js';

/** A mail to be handed over. */
export interface Envelope {
  from: string;
  to: string;
  /** The whole mail with CRLF line ends, before dot-stuffing; 8-bit only where the server takes it. */
  content: (takes8Bit: boolean) => string;
}

/**
 * How a hand-over ended.
 * - `sent`: the server took it.
 * - `refused`: the server said no; a permanent no when its code is 5xx.
 * - `not-handed-over`: it certainly has not got the mail; sending again is safe.
 * - `unknown`: the mail was under way and no answer came.
 */
export type SendResult =
  | { kind: 'sent'; reply: SmtpReply; ms: number }
  | { kind: 'refused'; reply: SmtpReply; stage: 'sender' | 'recipient' | 'data'; ms: number }
  | { kind: 'not-handed-over'; reason: string; isProviderDown: boolean }
  | { kind: 'unknown'; reason: string; ms: number };
