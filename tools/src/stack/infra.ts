/** The stores and the broker: from the environment, else from Docker Compose, else embedded. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInfra, startTimeOf, type Progress, type Server, type ServerName } from '@postrider/local-stack';
import type { Kept } from './keeper.js';
import type { StackProcess } from './stack-file.js';

const run = promisify(execFile);

export interface Addresses {
  postgresAdminUrl: string;
  kafkaBrokers: string[];
  redisUrl: string;
}

export interface RunningInfra extends Addresses {
  origin: 'environment' | 'compose' | 'embedded';
  processes: () => StackProcess[];
  kept: Kept[];
  stop: () => Promise<void>;
}

export type { Progress };

const nothing = { processes: () => [], kept: [], stop: async () => undefined };

/** The ports that docker-compose.yml publishes on the loopback. */
const COMPOSE: Addresses = {
  postgresAdminUrl: 'postgres://postgres:postgres@127.0.0.1:15432/postgres',
  kafkaBrokers: ['127.0.0.1:19092'],
  redisUrl: 'redis://127.0.0.1:16379',
};

export interface InfraPlace {
  /** The folder of docker-compose.yml. */
  root: string;
  /** Data of embedded servers goes below it. */
  dir: string;
  /** Of embedded servers. */
  ports: Readonly<Record<ServerName, number>>;
  progress: Progress;
}

export async function openInfra(place: InfraPlace): Promise<RunningInfra> {
  const given = fromEnvironment(process.env);
  if (given) return { ...given, origin: 'environment', ...nothing };
  if (await daemonAnswers()) return compose(place);
  return embedded(place);
}

/** All three addresses, or none: a mixture would hide which server a test has met. */
export function fromEnvironment(env: NodeJS.ProcessEnv): Addresses | undefined {
  const { POSTGRES_ADMIN_URL, KAFKA_BROKERS, REDIS_URL } = env;
  if (!POSTGRES_ADMIN_URL && !KAFKA_BROKERS && !REDIS_URL) return undefined;
  if (!POSTGRES_ADMIN_URL || !KAFKA_BROKERS || !REDIS_URL) {
    throw new Error('Set all of POSTGRES_ADMIN_URL, KAFKA_BROKERS and REDIS_URL to use servers of your own, or none of them.');
  }
  return { postgresAdminUrl: POSTGRES_ADMIN_URL, kafkaBrokers: KAFKA_BROKERS.split(','), redisUrl: REDIS_URL };
}

async function daemonAnswers(): Promise<boolean> {
  try {
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 3_000 });
    return true;
  } catch {
    return false;
  }
}

async function compose({ root, progress }: InfraPlace): Promise<RunningInfra> {
  const startedAt = performance.now();
  const command = (...args: string[]) => run('docker', ['compose', '-f', join(root, 'docker-compose.yml'), ...args], { cwd: root });
  await command('up', '-d', '--wait');
  progress('Docker Compose', performance.now() - startedAt);
  return { ...COMPOSE, origin: 'compose', processes: () => [], kept: [], stop: async () => void (await command('stop')) };
}

async function embedded({ dir, ports, progress }: InfraPlace): Promise<RunningInfra> {
  const infra = await startInfra({ dir: join(dir, 'data'), ports, progress });
  const servers: [string, Server][] = [['postgres', infra.postgres], ['kafka', infra.kafka], ['redis', infra.redis]];
  return {
    postgresAdminUrl: infra.postgres.url,
    kafkaBrokers: infra.kafka.brokers,
    redisUrl: infra.redis.url,
    origin: 'embedded',
    processes: () => servers.map(([name, { pid }]) => ({ name, pid, startTime: startTimeOf(pid) })),
    kept: servers.map(([name, server]) => ({ name, isAlive: () => server.isRunning(), restart: () => server.restart() })),
    stop: () => infra.stop(),
  };
}
