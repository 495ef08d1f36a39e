import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { dataSourceOptions, postgresEnv } from './index.js';

const schema = z.object(postgresEnv);
const someOptions = {
  url: 'postgres://x@127.0.0.1/x', poolSize: 7, statementTimeoutMs: 1_000, schema: 'delivery', entities: [], migrations: [], applicationName: 'dispatcher',
};

describe('postgresEnv', () => {
  it('has defaults for all but the URL', () => {
    expect(schema.parse({ POSTGRES_URL: 'postgres://x' })).toEqual({
      POSTGRES_URL: 'postgres://x', POSTGRES_POOL_SIZE: 10, POSTGRES_STATEMENT_TIMEOUT_MS: 10_000,
    });
    expect(schema.safeParse({}).success).toBe(false);
    expect(schema.safeParse({ POSTGRES_URL: 'mysql://x' }).success).toBe(false);
  });
});

describe(dataSourceOptions.name, () => {
  it('never synchronises, bounds statements and idle transactions, and says who it is', () => {
    expect(dataSourceOptions(someOptions)).toMatchObject({
      synchronize: false,
      migrationsRun: false,
      applicationName: 'dispatcher',
      poolSize: 7,
      extra: { statement_timeout: 1_000, idle_in_transaction_session_timeout: 10_000, options: '-c search_path=delivery' },
    });
  });

  it.each(['', 'Delivery', 'a b', 'a;drop', "x' -c role=postgres"])('refuses %j as the name of a schema', (name) => {
    expect(() => dataSourceOptions({ ...someOptions, schema: name })).toThrow(RangeError);
    if (name) expect(() => dataSourceOptions({ ...someOptions, role: name })).toThrow(RangeError);
  });
});
