import { CallRefused } from './calls.errors.js';

/** The query's dryRun. @throws CallRefused */
export function isYes(flag: string | undefined): boolean {
  if (flag === undefined || flag === 'false') return false;
  if (flag === 'true') return true;
  throw new CallRefused('INVALID_QUERY', 'dryRun is "true" or "false".');
}
