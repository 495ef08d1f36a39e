import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Polls until the check passes.
 * @throws the check's last error when the time is over, or at once when `gaveUp` names a reason
 */
export async function waitUntil(what: string, check: () => Promise<void>, timeoutMs: number, gaveUp?: () => string | undefined): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (cause) {
      const reason = gaveUp?.();
      if (reason) throw new Error(`${what} did not start: ${reason}`, { cause });
      if (performance.now() > deadline) throw new Error(`${what} did not answer within ${timeoutMs} ms`, { cause });
    }
    await wait(POLL_MS);
  }
}
