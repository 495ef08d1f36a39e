import { Injectable } from '@nestjs/common';
import { ExecutionCompleted, StatusChanged } from '@postrider/contracts';
import { MessagePublisher } from '@postrider/kafka';
import { Metrics, type CounterMetric } from '@postrider/runtime';
import { Faults } from '../faults/fault-points.js';
import type { CompletedExecution, LedgerMessage } from '../ledger/fact.js';
import { completionOf, isPublished, statusOf } from './statuses.js';

/** Tells others what the ledger says. */
@Injectable()
export class StatusPublisher {
  private readonly states: CounterMetric<'state'>;

  constructor(
    private readonly publisher: MessagePublisher,
    private readonly faults: Faults,
    metrics: Metrics,
  ) {
    this.states = metrics.counter('dispatcher_messages_total', 'Published changes of messages, by the state they came to', ['state']);
  }

  /** Publishes the last change of each message that others are told of, and the executions that are complete. */
  async tell(messages: readonly LedgerMessage[], completed: readonly CompletedExecution[]): Promise<void> {
    const told = messages.filter(isPublished);
    if (told.length > 0) this.faults.visit('before-publish');
    await Promise.all([this.publisher.publish(StatusChanged, told.map(statusOf)), this.publisher.publish(ExecutionCompleted, completed.map(completionOf))]);
    for (const [state, group] of Map.groupBy(told, (message) => message.state)) this.states.inc({ state }, group.length);
  }
}
