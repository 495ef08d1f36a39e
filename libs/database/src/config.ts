import { z } from 'zod';

/** For services with a schema of their own. */
export const postgresEnv = {
  /** As the service's own role: `postgres://postrider_<schema>:…@host:port/database`. */
  POSTGRES_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL'),
  POSTGRES_POOL_SIZE: z.coerce.number().int().positive().default(10),
  /** The server ends a statement that takes longer. */
  POSTGRES_STATEMENT_TIMEOUT_MS: z.coerce.number().int().positive().default(10_000),
};

type PostgresEnvironment = z.infer<z.ZodObject<typeof postgresEnv>>;

/** The part of a service's settings that `DatabaseModule` takes. */
export function databaseSettings(config: PostgresEnvironment) {
  return { url: config.POSTGRES_URL, poolSize: config.POSTGRES_POOL_SIZE, statementTimeoutMs: config.POSTGRES_STATEMENT_TIMEOUT_MS };
}
