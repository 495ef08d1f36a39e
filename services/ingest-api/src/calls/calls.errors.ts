import { ERROR_CODES, type ErrorCode } from '@postrider/contracts';
import { AppError, type ErrorKind, type InputFault } from '@postrider/runtime';

/** A refusal for want of room is counted and not logged: under load there would be thousands. */
const KINDS: Readonly<Record<number, ErrorKind>> = { 404: 'not-found', 409: 'conflict' };

/** A call that is refused, with a code of the public table. Nothing of it was stored or sent. */
export class CallRefused extends AppError {
  constructor(code: ErrorCode, detail: string, more: { faults?: readonly InputFault[]; retryAfterSeconds?: number; context?: Record<string, string>; cause?: unknown } = {}) {
    const { status } = ERROR_CODES[code];
    super({ code, kind: KINDS[status] ?? 'invalid', status, detail, ...more });
  }
}

export function requestIdReused(): CallRefused {
  return new CallRefused('REQUEST_ID_REUSED', 'This requestId was used with another body for this campaign. Use a new one.');
}
