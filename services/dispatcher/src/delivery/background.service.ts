import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DependencyUnavailable, Logger } from '@postrider/runtime';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import { RetryService } from './retry.service.js';
import { SweepService } from './sweep.service.js';

/** What goes on beside the topics, at intervals: due retries, and the sweep. */
@Injectable()
export class Background implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly retries: RetryService,
    private readonly sweeps: SweepService,
    private readonly logger: Logger,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.running = this.round().finally(() => {
        if (!this.stopping.signal.aborted) this.schedule();
      });
    }, this.options.retryPollMs);
  }

  private async round(): Promise<void> {
    await this.attempt('retries', () => this.retries.sendDue(this.stopping.signal));
    await this.attempt('sweep', () => this.sweeps.sweep());
  }

  /** The next round comes anyway, so a failure is told and not passed on. */
  private async attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger[error instanceof DependencyUnavailable ? 'warn' : 'error']('background.failed', { what, error });
    }
  }
}
