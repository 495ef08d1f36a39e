import { Inject, Injectable } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { readProgress, type ExecutionProgress } from '../ledger/execution-progress.js';
import { DISPATCH_OPTIONS, type DispatchOptions } from './dispatch-options.js';
import { Holds } from './holds.js';
import { ParkedService } from './parked.service.js';

const LONGEST_MS = 3_000;
const LOOK_MS = 50;

/** Carries what was decided about an execution to where its messages are. */
@Injectable()
export class Settling {
  constructor(
    private readonly sql: Sql,
    private readonly holds: Holds,
    private readonly parking: ParkedService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(DISPATCH_OPTIONS) private readonly options: DispatchOptions,
  ) {}

  /** This process knows it at once, the others at their next look. */
  async spread(): Promise<void> {
    await this.holds.look();
    this.parking.wake();
  }

  /**
   * Resolves when nothing of the execution is in hand, here or in processes that have looked since, or after three seconds:
   * then it says how much is.
   */
  async settled(executionId: string, tenantId: string): Promise<ExecutionProgress> {
    const startedAt = this.clock.monotonicMs();
    for (let calmSince: number | undefined; ; ) {
      const progress = await readProgress(this.sql, executionId, tenantId);
      const now = this.clock.monotonicMs();
      calmSince = progress.sending === 0 ? (calmSince ?? now) : undefined;
      const isCalm = calmSince !== undefined && now - calmSince >= this.options.retryPollMs;
      if (isCalm || now - startedAt >= LONGEST_MS) return progress;
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  }
}
