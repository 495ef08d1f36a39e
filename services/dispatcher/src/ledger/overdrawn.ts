import { Injectable } from '@nestjs/common';
import { Logger, Metrics, type CounterMetric } from '@postrider/runtime';

/** An execution that has more ends than it targets: a bug of the highest rank, which a person must look at. */
export interface OverdrawnExecution {
  executionId: string;
  targeted: number;
  ended: number;
}

/** Says it loudly; numbers are never made to fit. */
@Injectable()
export class Overdrawn {
  private readonly executions: CounterMetric<never>;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.executions = metrics.counter('dispatcher_ledger_overdrawn_total', 'Changes after which an execution had more ends than it targets');
  }

  tell(executions: readonly OverdrawnExecution[]): void {
    for (const execution of executions) this.logger.error('ledger.overdrawn', { ...execution });
    if (executions.length > 0) this.executions.inc({}, executions.length);
  }
}
