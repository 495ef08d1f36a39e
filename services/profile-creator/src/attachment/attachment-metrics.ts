import { Injectable } from '@nestjs/common';
import { Metrics, type CounterMetric } from '@postrider/runtime';
import type { Attachment } from './attachment.js';

/** Counts what was published and created; a replay counts its recipients again. */
@Injectable()
export class AttachmentMetrics {
  private readonly recipients: CounterMetric<'outcome'>;
  private readonly created: CounterMetric<never>;

  constructor(metrics: Metrics) {
    this.recipients = metrics.counter('profile_recipients_total', 'Recipients that left, by `ready` or exclusion code', ['outcome']);
    this.created = metrics.counter('profile_created_total', 'Profiles created while executing');
  }

  countCreated(profiles: number): void {
    if (profiles > 0) this.created.inc({}, profiles);
  }

  countPublished({ ready, excluded }: Attachment): void {
    if (ready.length > 0) this.recipients.inc({ outcome: 'ready' }, ready.length);
    for (const { code } of excluded) this.recipients.inc({ outcome: code });
  }
}
