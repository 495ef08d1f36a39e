import type { GaugeMetric, Metrics } from '@postrider/runtime';
import type { Assignment } from './assignment.js';

const BATCH_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A consumer whose state is read when the metrics are. */
export interface ObservedConsumer {
  readonly topic: string;
  readonly assignment: Assignment;
  readonly heldMs: number | undefined;
}

/** What an operator sees of the consumers of a process; a lane is a topic. */
export class ConsumerMetrics {
  private readonly consumers: ObservedConsumer[] = [];
  private readonly seen = new Map<string, Set<number>>();
  private readonly duration;
  private readonly records;
  private readonly deadLetters;

  constructor(metrics: Metrics) {
    this.duration = metrics.histogram('kafka_batch_seconds', 'How long a handler call took', ['topic', 'outcome'], BATCH_SECONDS);
    this.records = metrics.counter('kafka_handled_records_total', 'Records that handlers were given, repeated ones included', ['topic', 'outcome']);
    this.deadLetters = metrics.counter('kafka_dead_letters_total', 'Records that went to the dead letters', ['topic', 'code']);
    metrics.gauge('kafka_consumer_lag_records', 'Records not handled yet, as of the last fetch', ['topic', 'partition'], (gauge) => this.collectLag(gauge));
    metrics.gauge('kafka_consumer_oldest_seconds', 'Age of the oldest record that is here and not handled', ['topic'], (gauge) => this.collectAge(gauge));
    metrics.gauge('kafka_lane_held_seconds', 'How long, in all, records of a bulk topic have waited for the transactional lane', ['topic'], (gauge) => {
      for (const { topic, heldMs } of this.consumers) if (heldMs !== undefined) gauge.set({ topic }, heldMs / 1_000);
    });
    metrics.gauge('kafka_batches_in_flight', 'Handler calls that run or wait to be tried again', ['topic'], (gauge) => {
      for (const { topic, assignment } of this.consumers) gauge.set({ topic }, assignment.callsInFlight);
    });
  }

  observe(consumer: ObservedConsumer): void {
    this.consumers.push(consumer);
  }

  called(topic: string, outcome: string, count: number, ms: number): void {
    this.duration.observe({ topic, outcome }, ms / 1_000);
    this.records.inc({ topic, outcome }, count);
  }

  buried(topic: string, code: string): void {
    this.deadLetters.inc({ topic, code });
  }

  private collectLag(gauge: GaugeMetric<'topic' | 'partition'>): void {
    for (const { topic, assignment } of this.consumers) {
      const lags = new Map(assignment.lags());
      const seen = this.seen.get(topic) ?? new Set();
      this.seen.set(topic, seen);
      for (const partition of lags.keys()) seen.add(partition);
      // A partition that went to another process is that one's to report.
      for (const partition of seen) gauge.set({ topic, partition }, lags.get(partition) ?? 0);
    }
  }

  private collectAge(gauge: GaugeMetric<'topic'>): void {
    for (const { topic, assignment } of this.consumers) {
      const oldest = assignment.oldestPublishedAt();
      gauge.set({ topic }, oldest === undefined ? 0 : Math.max(0, Date.now() - oldest) / 1_000);
    }
  }
}
