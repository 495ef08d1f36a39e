import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { TEMPLATE_VARIABLE, testStack } from './test-stack.js';

export interface FreshDatabase {
  /** The database as the role that owns a schema, e.g. `ingest`. */
  urlFor(schema: string): string;
  /** As superuser. */
  adminUrl: string;
  drop(): Promise<void>;
}

/** The password of every service role in the test stack. */
export const TEST_PASSWORD = 'postrider';

/** A database of its own, with every service's migrations applied: a copy of the run's template. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `spec_${randomBytes(6).toString('hex')}`;
  const template = process.env[TEMPLATE_VARIABLE];
  if (!template) throw new Error('The test stack has no template database: the services are not built. Run: npm run build');
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  const url = new URL(testStack().postgresAdminUrl);
  url.pathname = `/${name}`;
  return {
    adminUrl: url.href,
    urlFor: (schema) => {
      const own = new URL(url);
      own.username = `postrider_${schema}`;
      own.password = TEST_PASSWORD;
      return own.href;
    },
    drop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function asAdmin(statement: string): Promise<void> {
  const client = new Client({ connectionString: testStack().postgresAdminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
