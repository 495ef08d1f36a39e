import { Inject, Injectable } from '@nestjs/common';
import type { CancelExecution, CancelledExecution } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { Settling } from '../delivery/settling.js';
import { markCancelled } from '../ledger/cancel-execution.js';

/**
 * Cancels an execution.
 * Guarantee: nothing of it begins to be sent after the answer. Limit: what is in the hands of a provider at that moment is
 * waited for, up to three seconds, and then counts as gone.
 */
@Injectable()
export class CancellationService {
  constructor(
    private readonly sql: Sql,
    private readonly settling: Settling,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async cancel(executionId: string, { tenantId, targeted }: CancelExecution): Promise<CancelledExecution> {
    await markCancelled(this.sql, executionId, tenantId, this.clock.now());
    await this.settling.spread();
    const { sending, gone } = await this.settling.settled(executionId, tenantId);
    return { cancelled: Math.max(0, targeted - gone - sending), gone: gone + sending };
  }
}
