import { join } from 'node:path';
import { startKafka } from './kafka.js';
import { startPostgres } from './postgres.js';
import { findCommand, installPackages, startRedis } from './redis.js';
import type { KafkaServer, PostgresServer, RedisServer } from './server.js';

export interface Infra {
  postgres: PostgresServer;
  kafka: KafkaServer;
  redis: RedisServer;
  stop(): Promise<void>;
}

export interface InfraOptions {
  dir: string;
  ports?: { postgres?: number; kafka?: number; redis?: number };
  /** Told of each step with the milliseconds it took. */
  progress?: (what: string, ms: number) => void;
}

/** What the embedded servers need of the machine, and the Debian packages that bring it. */
const NEEDS: Readonly<Record<string, string>> = { java: 'openjdk-17-jre-headless', mvn: 'maven', 'redis-server': 'redis-server' };

/** Installs what is missing where we may; else says exactly what to install. */
export async function ensureCommands(): Promise<string[]> {
  const missing = Object.entries(NEEDS).filter(([command]) => !findCommand(command)).map(([, name]) => name);
  if (missing.length === 0) return [];
  if (process.getuid?.() !== 0 || !findCommand('apt-get')) {
    throw new Error(`Missing on this machine: ${missing.join(', ')}. Install with: sudo apt-get install ${missing.join(' ')}`);
  }
  await installPackages(missing);
  return missing;
}

/** The three embedded servers, started beside each other, with their data below `dir`. */
export async function startInfra({ dir, ports = {}, progress = () => undefined }: InfraOptions): Promise<Infra> {
  const timed = async <T>(what: string, start: Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const started = await start;
    progress(what, performance.now() - startedAt);
    return started;
  };
  const installed = await timed('commands', ensureCommands());
  if (installed.length > 0) progress(`installed ${installed.join(', ')}`, 0);
  const starting = [
    timed('Postgres', startPostgres({ dir: join(dir, 'postgres'), port: ports.postgres })),
    timed('Kafka', startKafka({ dir: join(dir, 'kafka'), port: ports.kafka })),
    timed('Redis', startRedis({ dir: join(dir, 'redis'), port: ports.redis })),
  ] as const;
  const outcomes = await Promise.allSettled(starting);
  const stop = async (): Promise<void> => {
    const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    await Promise.all(started.map((server) => server.stop()));
  };
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const [postgres, kafka, redis] = await Promise.all(starting);
  return { postgres, kafka, redis, stop };
}
