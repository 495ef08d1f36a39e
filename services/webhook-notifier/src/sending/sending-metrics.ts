import { Injectable } from '@nestjs/common';
import type { WebhookCallOutcome } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { Logger, Metrics, type CounterMetric, type HistogramMetric } from '@postrider/runtime';
import type { CallResult } from '../queue/delivery.js';

const DEPTH = `
  SELECT
    count(*) FILTER (WHERE claimed_by IS NOT NULL) AS claimed,
    count(*) FILTER (WHERE claimed_by IS NULL AND due_at <= now()) AS due,
    count(*) FILTER (WHERE claimed_by IS NULL AND due_at > now()) AS waiting,
    coalesce(extract(epoch FROM now() - min(created_at)), 0) AS oldest
  FROM deliveries WHERE state = 'pending'`;
const STOPPED = 'SELECT count(*) AS stopped FROM endpoint_conditions WHERE stopped_at IS NOT NULL';

const CALL_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];
const DELIVERY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 300, 3_600, 86_400];

type Depth = Record<'claimed' | 'due' | 'waiting' | 'oldest', string>;

/** What an operator watches: how much waits, how calls end, how long it all takes. */
@Injectable()
export class SendingMetrics {
  private readonly calls: CounterMetric<'outcome'>;
  private readonly callSeconds: HistogramMetric<'outcome'>;
  private readonly deliverySeconds: HistogramMetric<never>;
  private readonly ended: CounterMetric<'state'>;

  constructor(
    private readonly sql: Sql,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.calls = metrics.counter('webhook_attempts_total', 'Calls of endpoints by outcome', ['outcome']);
    this.callSeconds = metrics.histogram('webhook_attempt_seconds', 'Duration of a call by outcome', ['outcome'], CALL_SECONDS);
    this.deliverySeconds = metrics.histogram('webhook_delivery_seconds', 'From the change of a state to its delivery', [], DELIVERY_SECONDS);
    this.ended = metrics.counter('webhook_deliveries_ended_total', 'Deliveries that ended, by state', ['state']);
    const depth = metrics.gauge('webhook_deliveries_pending', 'Deliveries not taken yet: claimed, due, or waiting for their time', ['state'], () => this.collect());
    const oldest = metrics.gauge('webhook_oldest_pending_seconds', 'Age of the oldest delivery not taken yet');
    const stopped = metrics.gauge('webhook_endpoints_stopped', 'Endpoints that want no more calls');
    this.publish = (row, endpoints) => {
      for (const state of ['claimed', 'due', 'waiting'] as const) depth.set({ state }, Number(row[state]));
      oldest.set({}, Number(row.oldest));
      stopped.set({}, endpoints);
    };
  }

  private readonly publish: (row: Depth, stoppedEndpoints: number) => void;

  called({ attempt, state, delivery }: CallResult, now: Date): void {
    const outcome: WebhookCallOutcome = attempt.outcome;
    this.calls.inc({ outcome });
    this.callSeconds.observe({ outcome }, attempt.durationMillis / 1_000);
    if (state === 'pending') return;
    this.ended.inc({ state });
    if (state === 'delivered') this.deliverySeconds.observe({}, Math.max(0, now.getTime() - delivery.occurredAt.getTime()) / 1_000);
  }

  /** A scrape goes on without these while Postgres is away. */
  private async collect(): Promise<void> {
    try {
      const [[depth], [endpoints]] = await Promise.all([this.sql.query<Depth>(DEPTH), this.sql.query<{ stopped: string }>(STOPPED)]);
      if (depth && endpoints) this.publish(depth, Number(endpoints.stopped));
    } catch (error) {
      this.logger.warn('metrics.queue-unreadable', { error });
    }
  }
}
