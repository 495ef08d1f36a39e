import { Injectable } from '@nestjs/common';
import { Metrics, type CounterMetric } from '@postrider/runtime';

export interface ExpansionCounts {
  executions: number;
  resolved: number;
  duplicates: number;
}

/** Counts what was published; a replay counts again. */
@Injectable()
export class ExpansionMetrics {
  private readonly executions: CounterMetric<never>;
  private readonly recipients: CounterMetric<'outcome'>;

  constructor(metrics: Metrics) {
    this.executions = metrics.counter('audience_executions_total', 'Executions expanded into recipients');
    this.recipients = metrics.counter('audience_recipients_total', 'Recipients of executions', ['outcome']);
  }

  count({ executions, resolved, duplicates }: ExpansionCounts): void {
    this.executions.inc({}, executions);
    this.recipients.inc({ outcome: 'resolved' }, resolved);
    this.recipients.inc({ outcome: 'duplicate' }, duplicates);
  }
}
