/** Redis from the system's package, with nothing kept on disk: it holds leases only. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { ChildServer } from './child-server.js';
import { freePort } from './free-port.js';
import { findCommand } from './packages.js';
import { pidFileIn } from './recorded-process.js';
import type { RedisServer, ServerOptions } from './server.js';

export const REDIS_NEEDS = { 'redis-server': 'redis-server' };

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
    logFile: `${dir}/redis.log`,
    pidFile: pidFileIn(dir),
    answers: () => pinged(listen),
  });
  return Object.assign(server, { url: `redis://127.0.0.1:${listen}` });
}
