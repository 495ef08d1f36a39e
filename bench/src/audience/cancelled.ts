import { setTimeout as wait } from 'node:timers/promises';
import { say } from '../command.js';
import { totalsOf } from '../load/executions.js';
import type { Stack } from '../stack.js';
import { cancelRun } from './admin.js';
import { until, type RunOutcome } from './steps.js';

const CANCEL_DEADLINE_MS = 120_000;
const POLL_MS = 500;

/** Cancels a run, and waits until nothing of it is pending, or the time is over. */
export async function cancelled(stack: Stack, executionId: string): Promise<Pick<RunOutcome, 'totals' | 'cancelSeconds' | 'cancelTries'>> {
  const startedAt = performance.now();
  let cancelTries = 0;
  await until('The cancellation to be taken', CANCEL_DEADLINE_MS, async () => {
    cancelTries += 1;
    return (await cancelRun(stack, executionId)) || undefined;
  }, POLL_MS);
  let totals = await totalsOf(stack, executionId);
  while (totals.pending > 0 && performance.now() - startedAt < CANCEL_DEADLINE_MS) {
    await wait(POLL_MS);
    totals = await totalsOf(stack, executionId);
  }
  const cancelSeconds = (performance.now() - startedAt) / 1_000;
  say(`cancelled: ${totals.cancelled}, sent ${totals.sent}, pending ${totals.pending} after ${cancelSeconds.toFixed(1)} s`);
  return { totals, cancelSeconds, cancelTries };
}
