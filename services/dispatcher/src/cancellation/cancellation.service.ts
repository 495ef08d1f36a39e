import { Inject, Injectable } from '@nestjs/common';
import type { CancelExecution, CancelledExecution } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { markCancelled } from '../ledger/cancel-execution.js';

const SETTLE_MS = 3_000;
const LOOK_MS = 50;

/**
 * Cancels an execution.
 * Guarantee: nothing of it begins to be sent after the answer. Limit: what is in the hands of a provider at that moment is
 * waited for, up to three seconds, and then counts as gone.
 */
@Injectable()
export class CancellationService {
  constructor(
    private readonly sql: Sql,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async cancel(executionId: string, { tenantId, targeted }: CancelExecution): Promise<CancelledExecution> {
    const deadline = this.clock.monotonicMs() + SETTLE_MS;
    for (;;) {
      const { sending, gone } = await markCancelled(this.sql, executionId, tenantId, this.clock.now());
      if (sending === 0 || this.clock.monotonicMs() > deadline) return { cancelled: Math.max(0, targeted - gone - sending), gone: gone + sending };
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  }
}
