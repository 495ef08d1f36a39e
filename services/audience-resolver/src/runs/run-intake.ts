import type { Sql } from '@postrider/database';
import type { ConfigurationTable } from '@postrider/kafka';
import type { AcceptedRun } from './accepted-run.js';
import type { RunBells } from './bell.js';
import type { RunAnnouncer } from './run-announcer.js';
import { insertRuns } from './start-runs.js';

export interface RunIntakeParts {
  sql: Sql;
  configurations: ConfigurationTable;
  announcer: RunAnnouncer;
  bells: RunBells;
}

/** Accepted audience executions become runs. A replay stores nothing, and tells again what is known. */
export class RunIntake {
  constructor(
    private readonly parts: RunIntakeParts,
    private readonly mostShards: number,
  ) {}

  async accept(accepted: readonly AcceptedRun[]): Promise<void> {
    const { sql, configurations, announcer, bells } = this.parts;
    await insertRuns(sql, accepted.map((run) => ({ accepted: run, mayStart: isDefined(configurations, run.tenantId, run.audience.audienceId) })), this.mostShards);
    bells.work.ring();
    await announcer.announce(accepted.map(({ executionId }) => executionId));
    // Those that have to wait are looked after at once.
    bells.states.ring();
  }
}

export function isDefined(configurations: ConfigurationTable, tenantId: string, audienceId: string): boolean {
  return configurations.get('audience', audienceId)?.tenantId === tenantId;
}
