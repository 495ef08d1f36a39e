import { Inject, Injectable } from '@nestjs/common';
import { MessagePublisher } from '@postrider/kafka';
import { Metrics, type CounterMetric } from '@postrider/runtime';
import { CallRefused } from '../calls/calls.errors.js';
import { LIMITS, type Limits } from './limits.js';

/** A broker that leaves records waiting this long is behind. */
const OLDEST_RECORD_MS = 5_000;
const RETRY_AFTER_SECONDS = 1;

/**
 * Room for calls. Guarantee: a call that finds none is refused at once, before anything of it is stored; what was let in
 * is finished. Memory is bounded by the calls in flight.
 */
@Injectable()
export class Admission {
  private inFlight = 0;
  private readonly refusals: CounterMetric<'reason'>;

  constructor(
    private readonly publisher: MessagePublisher,
    @Inject(LIMITS) private readonly limits: Limits,
    metrics: Metrics,
  ) {
    this.refusals = metrics.counter('ingest_overload_refusals_total', 'Calls that were refused for want of room', ['reason']);
    metrics.gauge('ingest_calls_in_flight', 'Calls that are being worked on', [], (gauge) => gauge.set({}, this.inFlight));
  }

  /** @throws CallRefused with UNAVAILABLE */
  async admit<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const reason = this.reasonToRefuse();
    if (reason !== undefined) {
      this.refusals.inc({ reason });
      throw new CallRefused('UNAVAILABLE', 'Too much is under way. Nothing of this call was accepted: try again.', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.inFlight += 1;
    try {
      return await work();
    } finally {
      this.inFlight -= 1;
    }
  }

  private reasonToRefuse(): 'calls' | 'broker' | undefined {
    if (this.inFlight >= this.limits.maxCallsInFlight) return 'calls';
    const { messages, oldestMs } = this.publisher.backlog();
    return messages > this.limits.maxPublisherBacklog || oldestMs > OLDEST_RECORD_MS ? 'broker' : undefined;
  }
}
