import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { runMigrations, type MigratedSchema, type ServiceSchema } from '@postrider/database';
import { SCHEMAS } from '../schemas.js';

const ROOT = join(import.meta.dirname, '../../..');

async function schemaOf([service, schema]: [string, string]): Promise<ServiceSchema> {
  const file = join(ROOT, 'services', service, 'dist/data-source.js');
  return existsSync(file) ? ((await import(file)) as ServiceSchema) : { schema, migrations: [] };
}

/**
 * Brings every service's schema up to date. Roles and schemas are made for all before the first migration, also for services
 * that are not built, so that any owner may grant to any reader. Safe to run at any time, by several at once.
 */
export async function migrate(adminUrl: string, password: string): Promise<MigratedSchema[]> {
  const services = await Promise.all(Object.entries(SCHEMAS).map(schemaOf));
  return runMigrations({ adminUrl, password, services });
}

/** Creates the database that a URL names, where it does not exist. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
