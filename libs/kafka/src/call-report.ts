import type { Logger } from '@postrider/runtime';
import type { ConsumerMetrics } from './consumer-metrics.js';
import type { Incoming } from './intake.js';

/** How one handler call ended: `waits` for what is transient, `refused` what trying again cannot help. */
export interface HandlerCall {
  incoming: readonly Incoming[];
  outcome: 'done' | 'waits' | 'refused';
  attempt: number;
  ms: number;
  error?: unknown;
}

export interface CallReporterParts {
  topic: string;
  group: string;
  logger: Logger;
  metrics: ConsumerMetrics;
}

/** The one wide line, and the metrics, of a handler call. */
export function callReporter({ topic, group, logger, metrics }: CallReporterParts): (call: HandlerCall) => void {
  return ({ incoming, outcome, attempt, ms, error }) => {
    metrics.called(topic, outcome, incoming.length, ms);
    logger[outcome === 'done' ? 'info' : 'warn']('batch.handled', {
      topic,
      group,
      ...rangesOf(incoming),
      count: incoming.length,
      outcome,
      attempt,
      ms: Math.round(ms * 10) / 10,
      ...(error !== undefined && { error }),
    });
  };
}

/** The partitions of a call, and `first-last` of each at the same index. */
function rangesOf(incoming: readonly Incoming[]): { partitions: number[]; offsets: string[] } {
  const partitions: number[] = [];
  const offsets: string[] = [];
  let first = '';
  incoming.forEach(({ received: { partition, offset } }, index) => {
    if (partition !== incoming[index - 1]?.received.partition) first = offset;
    if (partition === incoming[index + 1]?.received.partition) return;
    partitions.push(partition);
    offsets.push(`${first}-${offset}`);
  });
  return { partitions, offsets };
}
