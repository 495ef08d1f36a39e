/**
 * Guarantee: after it, every schema has its role and all its migrations; runs at the same time wait for each other, and
 * a second run changes nothing. Migrations run as the schema's own role, each in its own transaction.
 * Limits: the lock is one per database, while roles belong to the whole server; creating a role twice is tolerated.
 * Failure modes: a failing migration is rolled back and ends the run; the ones before it stay.
 */
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions, type ClassList, type DatabaseOptions } from './data-source-options.js';
import { prepareSchema, roleOf } from './prepare-schema.js';

/** What a service's `data-source.ts` exports. */
export interface ServiceSchema {
  schema: string;
  entities?: DatabaseOptions['entities'];
  migrations: ClassList;
}

export interface MigrationRun {
  /** A superuser's, or that of an owner of all the roles. */
  adminUrl: string;
  services: readonly ServiceSchema[];
  /** Sets the password that each role logs in with; left alone without it. */
  password?: string | ((schema: string) => string);
}

export interface MigratedSchema {
  schema: string;
  /** Names of the migrations that this run applied, in order. */
  applied: string[];
}

/** Any constant: `postride` in ASCII. */
const LOCK_KEY = '8102089839842387045';
const MIGRATION_TIMEOUT_MS = 10 * 60_000;

/** Creates roles and schemas, then runs what is pending of each service, in the order given. */
export async function runMigrations(run: MigrationRun): Promise<MigratedSchema[]> {
  const admin = new Client({ connectionString: run.adminUrl, application_name: 'postrider-migrations' });
  await admin.connect();
  try {
    await admin.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    for (const { schema } of run.services) await prepareSchema(admin, schema, passwordOf(run, schema));
    const migrated: MigratedSchema[] = [];
    for (const service of run.services) migrated.push(await migrate(run.adminUrl, service));
    return migrated;
  } finally {
    // Ending the session gives the lock back.
    await admin.end();
  }
}

function passwordOf({ password }: MigrationRun, schema: string): string | undefined {
  return typeof password === 'function' ? password(schema) : password;
}

async function migrate(adminUrl: string, service: ServiceSchema): Promise<MigratedSchema> {
  const options = dataSourceOptions({
    url: adminUrl,
    poolSize: 2,
    statementTimeoutMs: MIGRATION_TIMEOUT_MS,
    schema: service.schema,
    entities: service.entities ?? [],
    migrations: service.migrations,
    applicationName: 'postrider-migrations',
    role: roleOf(service.schema),
  });
  const dataSource = await new DataSource(options).initialize();
  try {
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    return { schema: service.schema, applied: applied.map((migration) => migration.name) };
  } finally {
    await dataSource.destroy();
  }
}
