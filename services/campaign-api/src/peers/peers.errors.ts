import type { Problem } from '@postrider/contracts';
import { AppError, type ErrorKind } from '@postrider/runtime';

const KINDS: Readonly<Record<number, ErrorKind>> = { 404: 'not-found', 409: 'conflict', 412: 'conflict', 429: 'transient', 503: 'transient' };

/** Another service refused, for a reason that the caller can do something about: its problem is passed on. */
export class PeerRefused extends AppError {
  constructor({ code, status, detail, errors, report }: Problem, retryAfterSeconds: number | undefined) {
    super({ code, kind: KINDS[status] ?? 'invalid', status, detail, faults: errors, retryAfterSeconds, context: report.additionalContext });
  }
}

/** Another service failed, or did not let us in: nothing that the caller could change. */
export class PeerBroken extends AppError {
  constructor(peer: string, status: number) {
    super({ code: 'INTERNAL', kind: 'bug', detail: 'Something went wrong on our side. It was logged.', context: { peer, status: String(status) } });
  }
}
