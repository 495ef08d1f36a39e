import { Controller } from '@nestjs/common';
import { AudienceRecipientExcluded, ExecutionAccepted, ExecutionResolved, RecipientResolved } from '@postrider/contracts';
import { Consumes, MessagePublisher } from '@postrider/kafka';
import type { Batch } from '@postrider/kafka';
import { expand } from './expand.js';
import { ExpansionMetrics } from './expansion-metrics.js';

@Controller()
export class ExecutionAcceptedHandler {
  constructor(
    private readonly publisher: MessagePublisher,
    private readonly metrics: ExpansionMetrics,
  ) {}

  @Consumes(ExecutionAccepted)
  async handle(batch: Batch<ExecutionAccepted>): Promise<void> {
    const { resolved, excluded, executions } = expand(batch.messages);
    // Together they are one request to the broker; a replay after a part of them was stored publishes all of them again.
    await Promise.all([
      this.publisher.publish(RecipientResolved, resolved),
      this.publisher.publish(AudienceRecipientExcluded, excluded),
      this.publisher.publish(ExecutionResolved, executions),
    ]);
    this.metrics.count({ executions: executions.length, resolved: resolved.length, duplicates: excluded.length });
  }
}
