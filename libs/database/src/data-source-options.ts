import type { DataSourceOptions, EntitySchema, Logger, MixedList } from 'typeorm';
import { clientWithin } from './client-within.js';

export type ClassList = (new () => object)[];

export interface DatabaseOptions {
  url: string;
  poolSize: number;
  /** The server ends a statement that takes longer. */
  statementTimeoutMs: number;
  schema: string;
  entities: MixedList<string | EntitySchema | (new () => object)>;
  migrations: ClassList;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Acts as this role instead of the one that logs in. */
  role?: string;
  /** Statements of a few rows each: see {@link BY_INDEX}. */
  isByIndex?: boolean;
  /** Statements that are all the same whatever they are given: see {@link PLANNED_ONCE}. */
  isPlannedOnce?: boolean;
}

/**
 * Rows are found by an index wherever one will do. A prepared statement keeps the plan that it got, and one that it got while
 * a queue was empty reads the whole of it, row by row, when a hundred thousand wait there. Compiling pays for none of them.
 */
const BY_INDEX = ' -c enable_seqscan=off -c jit=off';

/**
 * The server plans a statement again for each call where it expects to gain by it, which it always does of one that is given
 * lists of a single value: half of what such a call costs it.
 */
const PLANNED_ONCE = ' -c plan_cache_mode=force_generic_plan';

/** How long a caller waits for a free or new connection before it is told to try again. */
const CONNECT_TIMEOUT_MS = 3_000;
const IDLE_CONNECTION_MS = 30_000;
const IDLE_TRANSACTION_MS = 10_000;
/** A server that froze cannot end its statement; this much later the client gives up on it. */
const FROZEN_SERVER_MARGIN_MS = 2_000;

const ignore = (): void => undefined;
/** Whatever goes wrong is thrown; TypeORM would write some of it to the console as well. */
const SILENT: Logger = {
  logQuery: ignore,
  logQueryError: ignore,
  logQuerySlow: ignore,
  logSchemaBuild: ignore,
  logMigration: ignore,
  log: ignore,
};

/** The one way a service connects: no synchronisation, bounded statements, its own schema first. */
export function dataSourceOptions(options: DatabaseOptions): DataSourceOptions {
  return {
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    entities: options.entities,
    migrations: options.migrations,
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: false,
    logger: SILENT,
    applicationName: options.applicationName,
    poolSize: options.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // An idle connection that breaks is the pool's business: it is replaced when it is needed.
    poolErrorHandler: () => undefined,
    extra: {
      keepAlive: true,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      statement_timeout: options.statementTimeoutMs,
      Client: clientWithin(options.statementTimeoutMs + FROZEN_SERVER_MARGIN_MS),
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
      options: sessionOptions(options),
    },
  };
}

function sessionOptions({ schema, role, isByIndex, isPlannedOnce }: DatabaseOptions): string {
  const actAs = role ? ` -c role=${schemaName(role)}` : '';
  return `-c search_path=${schemaName(schema)}${actAs}${isByIndex ? BY_INDEX : ''}${isPlannedOnce ? PLANNED_ONCE : ''}`;
}

/** The name of a schema or role, safe to be put into a statement. */
export function schemaName(schema: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(schema)) throw new RangeError(`"${schema}" is not the name of a schema or role`);
  return schema;
}
