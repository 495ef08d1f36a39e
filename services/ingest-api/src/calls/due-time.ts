import { CallRefused } from './calls.errors.js';

const FARTHEST_MS = 366 * 86_400_000;

/**
 * The time as of which a call is decided: when it is to be carried out, or now where that has passed or is not said.
 * @param path JSON Pointer to where the call says it
 * @throws CallRefused with INVALID_BODY when it is more than a year away
 */
export function dueTime(executeAt: string | undefined, path: string, now: Date): Date {
  const due = executeAt === undefined ? now : new Date(executeAt);
  if (due.getTime() - now.getTime() > FARTHEST_MS) {
    throw new CallRefused('INVALID_BODY', 'The body has faults.', { faults: [{ path, code: 'INVALID_BODY', message: 'is more than a year away' }] });
  }
  return due > now ? due : now;
}
