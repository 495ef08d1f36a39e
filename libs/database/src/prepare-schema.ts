import type { Client } from 'pg';
import { schemaName } from './data-source-options.js';
import { sqlStateOf } from './translate-error.js';

/** Another run, on another database of the server, made or changed the role at the same moment. */
const ROLE_RACES = new Set(['42710', '23505', 'XX000']);
const ATTEMPTS = 5;

/** The role that owns a schema and everything in it. */
export function roleOf(schema: string): string {
  return `postrider_${schemaName(schema)}`;
}

/** The role and its schema, and the password where one is given. Repeating it changes nothing. */
export async function prepareSchema(admin: Client, schema: string, password: string | undefined): Promise<void> {
  const role = roleOf(schema);
  await tolerateRaces(async () => {
    const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount === 0) await admin.query(`CREATE ROLE ${role} LOGIN`);
    if (password !== undefined) await admin.query(`ALTER ROLE ${role} LOGIN PASSWORD ${admin.escapeLiteral(password)}`);
    // Owners of a managed database are no superusers: they may act as a role only as its member.
    await admin.query(`GRANT ${role} TO CURRENT_USER`);
  });
  await admin.query(`CREATE SCHEMA IF NOT EXISTS ${schemaName(schema)} AUTHORIZATION ${role}`);
}

async function tolerateRaces(change: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await change();
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !ROLE_RACES.has(sqlStateOf(error) ?? '')) throw error;
    }
  }
}
