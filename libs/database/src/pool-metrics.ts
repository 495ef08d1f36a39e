import type { Metrics } from '@postrider/runtime';
import type { DataSource } from 'typeorm';
import { poolOf, type StatementObserver } from './sql.js';

const STATEMENT_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Connections in use and idle, and callers that wait for one. */
export function observePool(dataSource: DataSource, metrics: Metrics): void {
  metrics.gauge('postgres_pool_connections', 'Connections of the pool, and callers waiting for one', ['state'], (gauge) => {
    const pool = poolOf(dataSource);
    gauge.set({ state: 'used' }, pool.totalCount - pool.idleCount);
    gauge.set({ state: 'idle' }, pool.idleCount);
    gauge.set({ state: 'waiting' }, pool.waitingCount);
  });
}

/** Seconds of each named statement, waiting for a connection included. */
export function observeStatements(metrics: Metrics): StatementObserver {
  const seconds = metrics.histogram('postgres_statement_seconds', 'Seconds of a named statement', ['statement'], STATEMENT_BUCKETS);
  return (name, value) => seconds.observe({ statement: name }, value);
}
