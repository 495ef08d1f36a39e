import { Injectable } from '@nestjs/common';
import { ExecutionCompleted, StatusChanged } from '@postrider/contracts';
import { ConfigurationTable, MessagePublisher } from '@postrider/kafka';
import { Metrics, type CounterMetric } from '@postrider/runtime';
import { Faults } from '../faults/fault-points.js';
import type { LedgerMessage } from '../ledger/fact.js';
import type { TallyChanges } from '../ledger/ledger-rows.js';
import { Overdrawn } from '../ledger/overdrawn.js';
import { completionOf, isPublished, statusOf } from './statuses.js';

/** Executions to be told of. */
export type Told = Pick<TallyChanges, 'completed'> & Partial<TallyChanges>;

/** Tells others what the ledger says. */
@Injectable()
export class StatusPublisher {
  private readonly states: CounterMetric<'state'>;

  constructor(
    private readonly publisher: MessagePublisher,
    private readonly configurations: ConfigurationTable,
    private readonly faults: Faults,
    private readonly overdrawn: Overdrawn,
    metrics: Metrics,
  ) {
    this.states = metrics.counter('dispatcher_messages_total', 'Published changes of messages, by the state they came to', ['state']);
  }

  /** Publishes the last change of each message that others are told of, and the executions that are complete. */
  async tell(messages: readonly LedgerMessage[], { completed, overdrawn = [] }: Told): Promise<void> {
    this.overdrawn.tell(overdrawn);
    const told = messages.filter(isPublished);
    if (told.length > 0) this.faults.visit('before-publish');
    await Promise.all([this.publisher.publish(StatusChanged, told.map((message) => statusOf(message, this.configurations.get('campaign', message.campaignId)))), this.publisher.publish(ExecutionCompleted, completed.map(completionOf))]);
    for (const [state, group] of Map.groupBy(told, (message) => message.state)) this.states.inc({ state }, group.length);
  }
}
