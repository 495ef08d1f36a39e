/**
 * Guarantee: one statement is one round trip; a transaction is one connection, committed or rolled back whole.
 * An error that passes by itself (connection, timeout, deadlock, shutdown) is a DependencyUnavailable('postgres').
 * Limits: nothing is retried here: whoever consumes or calls retries the whole step.
 * Failure modes: a connection lost during COMMIT leaves open whether it was committed, so writes are keyed by
 * deterministic ids. A broken connection leaves the pool, which opens new ones when the server is back.
 */
import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { DependencyUnavailable } from '@postrider/runtime';
import { translateDatabaseError } from './translate-error.js';

export interface QueryOptions {
  /** Prepares the statement once per connection under this name; one name, one text. */
  name?: string;
}

/** Told the name and the seconds of every named statement. */
export type StatementObserver = (name: string, seconds: number) => void;

type Runner = Pick<Pool, 'query'>;

/** Set-based SQL over the pool that TypeORM uses. */
export class Sql {
  private constructor(
    private readonly pool: Pool | undefined,
    private readonly runner: Runner,
    private readonly observe: StatementObserver | undefined,
  ) {}

  /** Over the pool of an initialised data source. */
  static of(dataSource: DataSource, observe?: StatementObserver): Sql {
    return Sql.over(poolOf(dataSource), observe);
  }

  static over(pool: Pool, observe?: StatementObserver): Sql {
    return new Sql(pool, pool, observe);
  }

  /**
   * Runs one statement and answers its rows. `bigint` and `numeric` columns arrive as strings, `timestamptz` as Date.
   * @throws DependencyUnavailable, or the driver's own error for constraints, syntax and permissions
   */
  async query<Row>(statement: string, values: readonly unknown[] = [], options: QueryOptions = {}): Promise<Row[]> {
    const startedAt = performance.now();
    const config: QueryConfig = { text: statement, values: values as unknown[], ...(options.name && { name: options.name }) };
    try {
      const result = await this.runner.query(config);
      return result.rows as Row[];
    } catch (error) {
      throw translateDatabaseError(error);
    } finally {
      if (options.name) this.observe?.(options.name, (performance.now() - startedAt) / 1_000);
    }
  }

  /**
   * Runs everything that `run` does with its `sql` in one transaction; a throw rolls it back and is passed on.
   * Inside a transaction it joins that one.
   */
  async transaction<T>(run: (sql: Sql) => Promise<T>): Promise<T> {
    if (!this.pool) return run(this);
    const client = await connect(this.pool);
    // Without a listener, a connection that breaks between two statements would end the process.
    let broken: Error | undefined;
    const onError = (error: Error): void => void (broken = error);
    client.on('error', onError);
    try {
      return await runInTransaction(client, () => run(new Sql(undefined, client, this.observe)));
    } catch (error) {
      const translated = translateDatabaseError(error);
      // After an error of the server or of the way to it, the connection is given up rather than waited for.
      if (translated instanceof DependencyUnavailable || (await rollback(client))) broken ??= translated as Error;
      throw translated;
    } finally {
      client.removeListener('error', onError);
      client.release(broken);
    }
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

async function runInTransaction<T>(client: PoolClient, run: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  const result = await run();
  await client.query('COMMIT');
  return result;
}

/** Whether the connection is unusable afterwards. */
async function rollback(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return false;
  } catch {
    return true;
  }
}

/** The pg pool inside a data source for Postgres. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}
