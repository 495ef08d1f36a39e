import { Inject, Injectable } from '@nestjs/common';
import { MessagePublisher } from '@postrider/kafka';
import { Metrics, type CounterMetric } from '@postrider/runtime';
import { CallRefused } from '../calls/calls.errors.js';
import { ExecutionStore } from '../intake/execution-store.js';
import { LIMITS, type Limits } from './limits.js';

/** A broker or a database that leaves something waiting this long is behind. Less than what either may take to fail. */
const OLDEST_MS = 2_000;
const RETRY_AFTER_SECONDS = 1;

/**
 * Room for calls. Guarantee: a call that finds none is refused at once, before anything of it is stored; what was let in
 * is finished. Memory is bounded by the calls in flight.
 * Limits: what a broker or a database that is behind keeps out are calls that ask for messages; others need only a place.
 */
@Injectable()
export class Admission {
  private inFlight = 0;
  private readonly refusals: CounterMetric<'reason'>;

  constructor(
    private readonly publisher: MessagePublisher,
    private readonly store: ExecutionStore,
    @Inject(LIMITS) private readonly limits: Limits,
    metrics: Metrics,
  ) {
    this.refusals = metrics.counter('ingest_overload_refusals_total', 'Calls that were refused for want of room', ['reason']);
    metrics.gauge('ingest_calls_in_flight', 'Calls that are being worked on', [], (gauge) => gauge.set({}, this.inFlight));
  }

  /** @throws CallRefused with UNAVAILABLE when a call could not be admitted now */
  check(asksForMessages: boolean): void {
    const reason = this.inFlight >= this.limits.maxCallsInFlight ? 'calls' : asksForMessages ? this.whatIsBehind() : undefined;
    if (reason === undefined) return;
    this.refusals.inc({ reason });
    throw new CallRefused('UNAVAILABLE', 'Too much is under way. Nothing of this call was accepted: try again.', { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }

  /** @throws CallRefused with UNAVAILABLE */
  async admit<Answer>(asksForMessages: boolean, work: () => Promise<Answer>): Promise<Answer> {
    this.check(asksForMessages);
    this.inFlight += 1;
    try {
      return await work();
    } finally {
      this.inFlight -= 1;
    }
  }

  private whatIsBehind(): 'broker' | 'database' | undefined {
    const { messages, oldestMs } = this.publisher.backlog();
    if (messages > this.limits.maxPublisherBacklog || oldestMs > OLDEST_MS) return 'broker';
    return this.store.oldestMs > OLDEST_MS ? 'database' : undefined;
  }
}
