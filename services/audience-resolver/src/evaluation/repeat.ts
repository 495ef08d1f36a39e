import { kindOf, logLevelOf, pause, type Logger } from '@postrider/runtime';

export interface Repeated {
  what: string;
  everyMs: number;
  run: () => Promise<unknown>;
}

/** Until the signal: the next round comes anyway, so a failure is told and not passed on. */
export async function repeat({ what, everyMs, run }: Repeated, signal: AbortSignal, logger: Logger): Promise<void> {
  while (!signal.aborted) {
    await run().catch((error: unknown) => {
      if (!signal.aborted) logger[logLevelOf(kindOf(error))]('repeated.failed', { what, error });
    });
    await pause(everyMs, signal);
  }
}
