import { DataSource, type QueryRunner } from 'typeorm';
import { DependencyUnavailable } from '@postrider/runtime';
import { dataSourceOptions, type DatabaseOptions } from './data-source-options.js';
import { translateDatabaseError } from './translate-error.js';

const START_PATIENCE_MS = 30_000;
const RETRY_MS = 500;

/**
 * A connected data source. A server that is not up yet is waited for, 30 s by default; after that, and at once for
 * a wrong password or database, it throws.
 * Repositories and entity managers of it throw DependencyUnavailable('postgres') just as `Sql` does.
 */
export async function openDataSource(options: DatabaseOptions, patienceMs = START_PATIENCE_MS): Promise<DataSource> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return translateErrorsOf(await new DataSource(dataSourceOptions(options)).initialize());
    } catch (cause) {
      const error = translateDatabaseError(cause);
      if (!(error instanceof DependencyUnavailable) || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Every statement of TypeORM goes through a query runner's `query`: the one place to translate at. */
function translateErrorsOf(dataSource: DataSource): DataSource {
  const create = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => translated(create(mode));
  return dataSource;
}

function translated(runner: QueryRunner): QueryRunner {
  const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
  const translatedQuery = (...args: unknown[]): Promise<unknown> =>
    query(...args).catch((error: unknown) => {
      throw translateDatabaseError(error);
    });
  return Object.assign(runner, { query: translatedQuery });
}
