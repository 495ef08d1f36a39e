import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, startPostgres, startRedis, type Server } from '@postrider/local-stack';

/** A server of one spec's own, to be crashed; the shared ones serve other specs at the same time. */
export interface OwnServer {
  readonly url: string;
  /** Ends it without a goodbye to its clients. */
  crash(): Promise<void>;
  /** On the same port; Redis comes back empty. */
  restart(): Promise<void>;
  /** Ends it and deletes its data. */
  remove(): Promise<void>;
}

/** One process, so that it can be frozen as a whole. */
export interface OwnRedis extends OwnServer {
  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
}

export async function ownRedis(): Promise<OwnRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'postrider-redis-'));
  const server = await startRedis({ dir });
  return {
    ...ownServer(server, server.url, dir, 'SIGKILL'),
    freeze: () => void process.kill(server.pid, 'SIGSTOP'),
    thaw: () => void process.kill(server.pid, 'SIGCONT'),
  };
}

/** `url` is a superuser's. */
export async function ownPostgres(): Promise<OwnServer> {
  const dir = await mkdtemp(join(tmpdir(), 'postrider-postgres-'));
  const server = await startPostgres({ dir });
  // Its immediate shutdown: SIGKILL would leave children behind that keep the next start away.
  return ownServer(server, server.url, dir, 'SIGQUIT');
}

/** `url` is the one broker's `host:port`; its topics outlive a crash. */
export async function ownKafka(): Promise<OwnServer> {
  const dir = await mkdtemp(join(tmpdir(), 'postrider-kafka-'));
  const server = await startKafka({ dir });
  return ownServer(server, server.brokers[0] ?? '', dir, 'SIGKILL');
}

function ownServer(server: Server, url: string, dir: string, crashSignal: NodeJS.Signals): OwnServer {
  const crash = async (): Promise<void> => {
    process.kill(server.pid, crashSignal);
    await server.stop();
  };
  return {
    url,
    crash,
    restart: () => server.restart(),
    remove: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
