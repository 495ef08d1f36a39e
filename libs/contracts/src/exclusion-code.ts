import { z } from 'zod';

/** Why a recipient by rule gets nothing. */
export const ExclusionCode = z.enum([
  'SUPPRESSED', 'NO_ADDRESS', 'MALFORMED_ADDRESS', 'DUPLICATE', 'PROFILE_UNKNOWN', 'RENDERING', 'MISSING_IDENTITY',
  'SENDING_WINDOW_OVER',
]);
export type ExclusionCode = z.infer<typeof ExclusionCode>;

const ADOBE_NUMBERS: Partial<Record<ExclusionCode, string>> = {
  SUPPRESSED: '050107', NO_ADDRESS: '050020', MALFORMED_ADDRESS: '050024', RENDERING: '050302',
};

/** Adobe Journey Optimizer's number of an exclusion, where it has one. */
export function adobeNumberOf(code: ExclusionCode): string | null {
  return ADOBE_NUMBERS[code] ?? null;
}
