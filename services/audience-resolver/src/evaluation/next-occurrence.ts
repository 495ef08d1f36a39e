import type { EvaluationSchedule } from '@postrider/contracts';
import { Cron } from 'croner';

/**
 * The first moment after another at which a schedule is due; undefined when there is none. A time that a change to summer time
 * leaves out comes at its end, and one that a change back repeats comes once, where the expression names the hour.
 */
export function nextOccurrence({ cron, timeZone }: EvaluationSchedule, after: Date): Date | undefined {
  try {
    return new Cron(cron, { mode: '5-part', timezone: timeZone, paused: true }).nextRun(after) ?? undefined;
  } catch {
    // It was checked when it was saved; another process may know expressions that this one does not.
    return undefined;
  }
}
