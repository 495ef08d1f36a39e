import { Controller, Inject } from '@nestjs/common';
import { ExecutionResolved } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { Consumes } from '@postrider/kafka';
import type { Batch } from '@postrider/kafka';
import { CLOCK, type Clock } from '@postrider/runtime';
import { targetExecutions } from '../ledger/target-executions.js';
import { StatusPublisher } from './status-publisher.js';

@Controller()
export class ExecutionResolvedHandler {
  constructor(
    private readonly sql: Sql,
    private readonly statuses: StatusPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Consumes(ExecutionResolved)
  async handle(batch: Batch<ExecutionResolved>): Promise<void> {
    await this.statuses.tell([], await targetExecutions(this.sql, batch.messages, this.clock.now()));
  }
}
