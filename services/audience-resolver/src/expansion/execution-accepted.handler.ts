import { Controller } from '@nestjs/common';
import { AudienceRecipientExcluded, ExecutionAccepted, ExecutionResolved, RecipientResolved } from '@postrider/contracts';
import { Consumes, MessagePublisher } from '@postrider/kafka';
import type { Batch } from '@postrider/kafka';
import { runOf } from '../runs/accepted-run.js';
import { RunIntake } from '../runs/run-intake.js';
import { expand } from './expand.js';
import { ExpansionMetrics } from './expansion-metrics.js';

@Controller()
export class ExecutionAcceptedHandler {
  constructor(
    private readonly publisher: MessagePublisher,
    private readonly metrics: ExpansionMetrics,
    private readonly runs: RunIntake,
  ) {}

  @Consumes(ExecutionAccepted)
  async handle(batch: Batch<ExecutionAccepted>): Promise<void> {
    const runs = batch.messages.flatMap((execution) => runOf(execution) ?? []);
    if (runs.length > 0) await this.runs.accept(runs);
    const { resolved, excluded, executions } = expand(runs.length > 0 ? batch.messages.filter(({ audience }) => !audience) : batch.messages);
    // Together they are one request to the broker; a replay after a part of them was stored publishes all of them again.
    await Promise.all([
      this.publisher.publish(RecipientResolved, resolved),
      this.publisher.publish(AudienceRecipientExcluded, excluded),
      this.publisher.publish(ExecutionResolved, executions),
    ]);
    this.metrics.count({ executions: executions.length, resolved: resolved.length, duplicates: excluded.length });
  }
}
