import 'reflect-metadata';
import { readOptions, type Command } from '../command.js';
import { migrate as run } from '../migrate/migrate.js';

export const migrate: Command = {
  summary: 'brings roles, schemas and tables of a database up to date',
  help: `npm run migrate

Reads POSTGRES_ADMIN_URL (a superuser's, with the database of the house) and
POSTGRES_SERVICE_PASSWORD (with which the services' roles log in). Safe to repeat, safe to run twice at once.`,
  async run(args) {
    readOptions(args, {});
    const { POSTGRES_ADMIN_URL: url, POSTGRES_SERVICE_PASSWORD: password } = process.env;
    if (!url || !password) throw new Error('Set POSTGRES_ADMIN_URL and POSTGRES_SERVICE_PASSWORD.');
    for (const { schema, applied } of await run(url, password)) {
      console.log(`${schema}: ${applied.length === 0 ? 'up to date' : applied.join(', ')}`);
    }
    return 0;
  },
};
