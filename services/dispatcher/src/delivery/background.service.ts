import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DependencyUnavailable, Logger } from '@postrider/runtime';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';

export interface BackgroundWork {
  what: string;
  run: (signal: AbortSignal) => Promise<unknown>;
}

export const BACKGROUND_WORK = Symbol('BackgroundWork');

/** What goes on beside the topics, each at intervals and none waiting for another. */
@Injectable()
export class Background implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private loops: Promise<void>[] = [];

  constructor(
    @Inject(BACKGROUND_WORK) private readonly work: readonly BackgroundWork[],
    private readonly logger: Logger,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.loops = this.work.map((work) => this.loop(work));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  private async loop(work: BackgroundWork): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await pause(this.options.retryPollMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.attempt(work);
    }
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
