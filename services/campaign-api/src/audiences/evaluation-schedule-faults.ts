import { Cron } from 'croner';
import type { AudienceDefinition, Fault } from '@postrider/contracts';
import { pointerOf } from '../edge/faults.js';

const MIN_GAP_MS = 5 * 60_000;
/** More runs than a day has at the shortest allowed distance: whatever repeats, repeats within them. */
const RUNS = 300;
/** And whatever comes on few days has come by then as often as it ever does. */
const HORIZON_MS = 400 * 24 * 60 * 60_000;
/** A leap year's beginning, so that every day of a calendar comes up soon after it. */
const FROM = '2024-01-01T00:00:00Z';

/** What is wrong with a well-formed schedule; empty for none, and for one that can be kept. */
export function evaluationScheduleFaults(schedule: AudienceDefinition['evaluationSchedule'], path: readonly PropertyKey[]): Fault[] {
  if (!schedule) return [];
  const fault = (code: string, message: string): Fault[] => [{ path: pointerOf([...path, 'cron']), code, message }];
  if (schedule.cron.trim().split(/\s+/).length !== 5) return fault('INVALID', 'must have five fields: minute, hour, day of month, month, day of week');
  const cron = parse(schedule.cron);
  if (!cron) return fault('INVALID', 'is not a cron expression');
  const first = nextRun(cron, new Date(FROM));
  if (!first) return fault('NEVER', 'never comes');
  return isTooOften(cron, first) ? fault('TOO_OFTEN', 'comes more often than every 5 minutes') : [];
}

/** Read in UTC: how often it comes must not depend on the season. */
function parse(expression: string): Cron | undefined {
  try {
    return new Cron(expression, { utcOffset: 0, paused: true });
  } catch {
    return undefined;
  }
}

function nextRun(cron: Cron, after: Date): Date | undefined {
  return cron.nextRun(after) ?? undefined;
}

function isTooOften(cron: Cron, first: Date): boolean {
  let last = first;
  for (let run = 1; run < RUNS; run++) {
    const next = nextRun(cron, last);
    if (!next || next.getTime() - first.getTime() > HORIZON_MS) return false;
    if (next.getTime() - last.getTime() < MIN_GAP_MS) return true;
    last = next;
  }
  return false;
}
