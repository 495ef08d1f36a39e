import { join } from 'node:path';
import { kafkaNeeds, startKafka } from './kafka.js';
import { installMissing } from './packages.js';
import { startPostgres } from './postgres.js';
import { REDIS_NEEDS, startRedis } from './redis.js';
import type { KafkaServer, PostgresServer, RedisServer, Server, ServerOptions } from './server.js';
import { reserveWal } from './wal-reserve.js';

export const SERVER_NAMES = ['postgres', 'kafka', 'redis'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** The three embedded servers. */
export interface Servers {
  postgres: PostgresServer;
  kafka: KafkaServer;
  redis: RedisServer;
}

export interface Infra extends Servers {
  stop(): Promise<void>;
}

/** Told of each step with the milliseconds it took. */
export type Progress = (what: string, ms: number) => void;

export interface InfraOptions {
  /** Data and logs go below it. */
  dir: string;
  ports?: Partial<Record<ServerName, number>>;
  progress?: Progress;
}

async function startReservedPostgres(options: ServerOptions): Promise<PostgresServer> {
  const server = await startPostgres(options);
  try {
    await reserveWal(server.url);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const START = { postgres: startReservedPostgres, kafka: startKafka, redis: startRedis };
const LABELS = { postgres: 'Postgres', kafka: 'Kafka', redis: 'Redis' };

/** What these servers need of the machine is there afterwards. @returns the packages installed */
export async function ensureCommands(names: readonly ServerName[] = SERVER_NAMES): Promise<string[]> {
  return installMissing({ ...(names.includes('kafka') && kafkaNeeds()), ...(names.includes('redis') && REDIS_NEEDS) });
}

/**
 * Starts the named servers beside each other, installing what they need where we may.
 * @throws when one does not start; the others are stopped then
 */
export async function startServers<Name extends ServerName>(names: readonly Name[], options: InfraOptions): Promise<Pick<Servers, Name>> {
  const { dir, ports = {}, progress = () => undefined } = options;
  const beganAt = performance.now();
  const installed = await ensureCommands(names);
  if (installed.length > 0) progress(`installed ${installed.join(', ')}`, performance.now() - beganAt);
  const outcomes = await Promise.allSettled(
    names.map(async (name): Promise<[Name, Server]> => {
      const startedAt = performance.now();
      const server = await START[name]({ dir: join(dir, name), port: ports[name] });
      progress(LABELS[name], performance.now() - startedAt);
      return [name, server];
    }),
  );
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failed) return Object.fromEntries(started) as Pick<Servers, Name>;
  await Promise.all(started.map(([, server]) => server.stop()));
  throw failed.reason;
}

export async function startInfra(options: InfraOptions): Promise<Infra> {
  const servers = await startServers(SERVER_NAMES, options);
  return { ...servers, stop: async () => void (await Promise.all(Object.values(servers).map((server) => server.stop()))) };
}
