/** The migrated database that specs copy. Its name holds a hash of all migrations, so that a change makes a new one. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { TEST_PASSWORD } from './fresh-database.js';

const run = promisify(execFile);

/** Undefined while no service is built. */
export async function prepareTemplate(root: string, adminUrl: string): Promise<string | undefined> {
  const files = migrationFiles(root);
  if (files.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(file));
  const name = `postrider_template_${hash.digest('hex').slice(0, 12)}`;
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  await oneAtATime(adminUrl, async () => {
    if (!(await createDatabase(adminUrl, name))) return;
    try {
      await run(process.execPath, [join(root, 'tools/dist/migrate/main.js'), url.href, TEST_PASSWORD]);
    } catch (error) {
      await statement(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      throw error;
    }
  });
  return name;
}

/** Runs that begin together would create it twice, or copy it before it is migrated. */
async function oneAtATime(adminUrl: string, prepare: () => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(hashtext('postrider-template'))`);
    await prepare();
  } finally {
    // Ending the session gives the lock back.
    await client.end();
  }
}

function migrationFiles(root: string): string[] {
  return readdirSync(join(root, 'services'))
    .flatMap((service) => [join(root, 'services', service, 'dist/data-source.js'), ...scriptsIn(join(root, 'services', service, 'dist/migrations'))])
    .filter((file) => existsSync(file))
    .sort();
}

const scriptsIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.js')).map((file) => join(folder, file)) : [];

/** False when it exists already. */
async function createDatabase(adminUrl: string, name: string): Promise<boolean> {
  const found = await statement(adminUrl, `SELECT 1 FROM pg_database WHERE datname = '${name}'`);
  if (found > 0) return false;
  await statement(adminUrl, `CREATE DATABASE ${name}`);
  return true;
}

async function statement(adminUrl: string, text: string): Promise<number> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query(text)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
