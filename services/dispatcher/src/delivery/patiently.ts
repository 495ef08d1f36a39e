import { DependencyUnavailable } from '@postrider/runtime';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const MOST_DOUBLINGS = 6;

/**
 * Does a step that is safe to repeat until the store behind it answers, with growing pauses of up to two seconds.
 * @throws the step's error when it is not transient, or when the signal is aborted
 */
export async function patiently<T>(step: () => Promise<T>, signal: AbortSignal, onWait: (error: unknown) => void = () => undefined): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof DependencyUnavailable) || signal.aborted) throw error;
      onWait(error);
      await new Promise((done) => setTimeout(done, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, MOST_DOUBLINGS))));
    }
  }
}
