/**
 * A pool of its own for statements over all profiles of a tenant, which may take longer than any other of the service.
 * Guarantee: each is ended after its time, and none holds a connection that other parts of the service wait for.
 * Limits: the time is for each statement of a piece of work, and a few of them go on at once.
 * Failure modes: what takes longer than its time is TakesTooLong and not tried again; every other outage is transient.
 */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Sql, openDataSource, sqlStateOf, type DatabaseOptions } from '@postrider/database';
import { DependencyUnavailable } from '@postrider/runtime';
import type { DataSource } from 'typeorm';
import { TakesTooLong } from './evaluation.errors.js';

const QUERY_CANCELED = '57014';
/** Two evaluations and some estimates. */
const POOL_SIZE = 5;

@Injectable()
export class EvaluationDatabase implements OnApplicationShutdown {
  private readonly sql: Sql;
  /** Server processes that work for this one. */
  private readonly backends = new Set<number>();

  private constructor(private readonly dataSource: DataSource) {
    this.sql = Sql.of(dataSource);
  }

  /** `longestMs` bounds the times that pieces of work are given. */
  static async open(options: Omit<DatabaseOptions, 'poolSize' | 'statementTimeoutMs'>, longestMs: number): Promise<EvaluationDatabase> {
    return new EvaluationDatabase(await openDataSource({ ...options, poolSize: POOL_SIZE, statementTimeoutMs: longestMs }));
  }

  /**
   * Runs a piece of work in one transaction.
   * @throws TakesTooLong, DependencyUnavailable, whatever `work` throws
   */
  async run<T>(timeoutMs: number, work: (sql: Sql) => Promise<T>): Promise<T> {
    let pid: number | undefined;
    try {
      return await this.sql.transaction(async (sql) => {
        const [row] = await sql.query<{ pid: number }>(`SELECT pg_backend_pid() AS pid, set_config('statement_timeout', $1, true)`, [String(timeoutMs)]);
        if (row) this.backends.add((pid = row.pid));
        return await work(sql);
      });
    } catch (error) {
      if (isTimeout(error)) throw new TakesTooLong(timeoutMs, error);
      throw error;
    } finally {
      if (pid !== undefined) this.backends.delete(pid);
    }
  }

  /** Ends what is going on: it is rolled back, and the piece of work throws. */
  async cancelAll(sql: Sql): Promise<void> {
    await sql.query('SELECT pg_cancel_backend(pid) FROM unnest($1::int[]) AS pid', [[...this.backends]]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}

const isTimeout = (error: unknown): boolean =>
  error instanceof DependencyUnavailable && sqlStateOf(error.cause) === QUERY_CANCELED && String((error.cause as Error).message).includes('statement timeout');
