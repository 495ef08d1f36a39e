import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DependencyUnavailable, Logger, pause, within } from '@postrider/runtime';

export interface BackgroundWork {
  what: string;
  everyMs: number;
  /** How many runs of it may go on at a time; a further one begins only while the others are busy. */
  atOnce: number;
  run: (signal: AbortSignal) => Promise<unknown>;
}

const LONGEST_END_MS = 4_000;

export const BACKGROUND_WORK = Symbol('BackgroundWork');

/** What goes on beside the topics, each at its intervals and none waiting for another. */
@Injectable()
export class Background implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loops: Promise<void>[] = [];

  constructor(
    @Inject(BACKGROUND_WORK) private readonly work: readonly BackgroundWork[],
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.loops = this.work.map((work) => this.loop(work));
  }

  /** What hangs at a provider is not waited for much longer: the consumers have to stop as well, in what is left of the time. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await within(LONGEST_END_MS, Promise.all(this.loops));
  }

  private async loop(work: BackgroundWork): Promise<void> {
    const { signal } = this.stopping;
    const running = new Set<Promise<void>>();
    while (!signal.aborted) {
      await pause(work.everyMs, signal);
      if (signal.aborted || running.size >= work.atOnce) continue;
      const run = this.attempt(work).finally(() => running.delete(run));
      running.add(run);
    }
    await Promise.all(running);
  }

  /** The next round comes anyway, so a failure is told and not passed on. */
  private async attempt({ what, run }: BackgroundWork): Promise<void> {
    try {
      await run(this.stopping.signal);
    } catch (error) {
      this.logger[error instanceof DependencyUnavailable ? 'warn' : 'error']('background.failed', { what, error });
    }
  }
}
