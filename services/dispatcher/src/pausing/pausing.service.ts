import { Inject, Injectable } from '@nestjs/common';
import type { HoldExecution } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { Settling } from '../delivery/settling.js';
import { pauseExecution, resumeExecution } from '../ledger/held-executions.js';

/**
 * Holds an execution, and lets it go on.
 * Guarantee: nothing of it is handed over after the answer to a pause; its messages wait in the ledger, those that come
 * meanwhile as well, and still expire. Both may be said again.
 * Limit: what is in the hands of a provider is waited for, up to three seconds, and finishes.
 */
@Injectable()
export class PausingService {
  constructor(
    private readonly sql: Sql,
    private readonly settling: Settling,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async pause(executionId: string, { tenantId }: HoldExecution): Promise<void> {
    await pauseExecution(this.sql, { executionId, tenantId, now: this.clock.now() });
    await this.settling.spread();
    await this.settling.settled(executionId, tenantId);
  }

  async resume(executionId: string, { tenantId }: HoldExecution): Promise<void> {
    await resumeExecution(this.sql, executionId, tenantId);
    await this.settling.spread();
  }
}
