import { ExecutionResolved } from '@postrider/contracts';
import type { Sql } from '@postrider/database';
import type { MessagePublisher } from '@postrider/kafka';
import { executionResolvedOf } from './accepted-run.js';
import { markAnnounced, readTargeted, readUnannounced, type TargetedRun } from './run-states.js';

/** Tells how many recipients runs have, and of those cut short how many never became one: at least once, always the same. */
export class RunAnnouncer {
  constructor(
    private readonly sql: Sql,
    private readonly publisher: MessagePublisher,
  ) {}

  /** Of those of these executions of which it is known, also when it was told before. */
  async announce(executionIds: readonly string[]): Promise<void> {
    if (executionIds.length > 0) await this.tell(await readTargeted(this.sql, executionIds));
  }

  /** Of all of which it was not told in time: whoever should have done it died, or could not reach the broker. */
  async announceRest(): Promise<void> {
    await this.tell(await readUnannounced(this.sql));
  }

  private async tell(runs: readonly TargetedRun[]): Promise<void> {
    if (runs.length === 0) return;
    const messages = runs.flatMap(({ accepted, targeted, unresolved }) => [
      executionResolvedOf(accepted, targeted),
      ...(unresolved === null ? [] : [executionResolvedOf(accepted, targeted, unresolved)]),
    ]);
    await this.publisher.publish(ExecutionResolved, messages);
    await markAnnounced(this.sql, runs);
  }
}
