import type { Metrics } from '@postrider/runtime';
import type { RunResult } from './run-handler.js';

const BATCH_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What an operator sees of the consumers of a process. */
export class ConsumerMetrics {
  private readonly lag;
  private readonly age;
  private readonly duration;
  private readonly records;
  private readonly deadLetters;
  private readonly attempts;

  constructor(metrics: Metrics) {
    this.lag = metrics.gauge('kafka_consumer_lag_records', 'Records behind the end of the partition at the last fetch', ['topic', 'partition']);
    this.age = metrics.gauge('kafka_consumer_oldest_seconds', 'Age of the oldest record of the batch last taken', ['topic']);
    this.duration = metrics.histogram('kafka_batch_seconds', 'How long a handler call took', ['topic', 'outcome'], BATCH_SECONDS);
    this.records = metrics.counter('kafka_handled_records_total', 'Records that handlers were given', ['topic', 'outcome']);
    this.deadLetters = metrics.counter('kafka_dead_letters_total', 'Records that went to the dead letters', ['topic']);
    this.attempts = metrics.counter('kafka_batch_attempts_total', 'Handler calls, repeated ones included', ['topic']);
  }

  received(topic: string, partition: number, lag: number, oldest: Date | undefined): void {
    this.lag.set({ topic, partition }, lag);
    if (oldest) this.age.set({ topic }, Math.max(0, Date.now() - oldest.getTime()) / 1_000);
  }

  handled(topic: string, count: number, { outcome, attempts, deadLetters }: RunResult, ms: number): void {
    this.duration.observe({ topic, outcome }, ms / 1_000);
    this.records.inc({ topic, outcome }, count);
    this.attempts.inc({ topic }, attempts);
    if (deadLetters > 0) this.deadLetters.inc({ topic }, deadLetters);
  }
}
