/** Redis from the system's package, with nothing kept on disk: it holds leases only. */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ChildServer } from './child-server.js';
import { freePort } from './free-port.js';
import type { RedisServer, ServerOptions } from './server.js';

const run = promisify(execFile);

export function findCommand(name: string): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The Debian package without its service: nothing is started by the installation. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = () => run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], { env, maxBuffer: 1 << 24 });
  try {
    await install();
  } catch {
    await run('apt-get', ['update', '-q'], { env, maxBuffer: 1 << 24 });
    await install();
  }
}

function pinged(port: number): Promise<void> {
  return new Promise<void>((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer to PING')));
    socket.once('error', fail);
    socket.once('data', (answer) => {
      socket.destroy();
      if (answer.toString().startsWith('+PONG')) done();
      else fail(new Error(answer.toString().trim()));
    });
  });
}

export async function startRedis({ dir, port }: ServerOptions): Promise<RedisServer> {
  const command = findCommand('redis-server');
  if (!command) throw new Error('redis-server is missing. On Debian: apt-get install redis-server');
  mkdirSync(dir, { recursive: true });
  const listen = port || (await freePort());
  const settings = { port: listen, bind: '127.0.0.1', dir, save: '', appendonly: 'no', maxmemory: '256mb', 'maxmemory-policy': 'noeviction' };
  const server = await ChildServer.start({
    name: 'Redis',
    command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    logFile: join(dir, 'redis.log'),
    answers: () => pinged(listen),
  });
  return {
    get pid() {
      return server.pid;
    },
    url: `redis://127.0.0.1:${listen}`,
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
  };
}
