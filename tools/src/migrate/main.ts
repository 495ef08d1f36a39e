import 'reflect-metadata';
import { migrate } from './migrate.js';

const [adminUrl, password] = process.argv.slice(2);
if (!adminUrl || !password) {
  console.error('usage: migrate <admin URL of the database> <password for the service roles>');
  process.exit(2);
}
for (const { schema, applied } of await migrate(adminUrl, password)) {
  console.log(`${schema}: ${applied.length === 0 ? 'up to date' : applied.join(', ')}`);
}
