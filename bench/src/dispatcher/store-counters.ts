/**
 * What the stores have done so far, by their own counters. Deltas belong to one service where all others stand still.
 * Limits: autovacuum's own transactions count as writing ones; Postgres tells of commits up to a second late.
 */
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { Stack } from '../stack.js';

export interface StoreCounters {
  /** Transactions that were given an id, which only those that write are. */
  writes: number;
  /** All that committed, reads included. */
  commits: number;
  /** Answers that Redis wrote to sockets: one a round trip, however many commands a pipeline or a script has. */
  roundTrips: number;
  /** Calls by command, those made by scripts included. */
  commands: Readonly<Record<string, number>>;
}

/** For Postgres to tell of what has just been done. */
export const SETTLE_MS = 1_500;

export class StoreMeter {
  private constructor(
    private readonly client: Client,
    private readonly redis: Redis,
  ) {}

  static async open({ postgresUrl, redisUrl }: Pick<Stack, 'postgresUrl' | 'redisUrl'>): Promise<StoreMeter> {
    const client = new Client({ connectionString: postgresUrl });
    await client.connect();
    return new StoreMeter(client, new Redis(redisUrl));
  }

  async read(): Promise<StoreCounters> {
    const { rows } = await this.client.query<{ writes: string; commits: string }>(
      `SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS writes, xact_commit AS commits FROM pg_stat_database WHERE datname = current_database()`,
    );
    const info = await this.redis.info('stats', 'commandstats');
    return { writes: Number(rows[0]?.writes), commits: Number(rows[0]?.commits), ...parseRedis(info) };
  }

  async close(): Promise<void> {
    await this.redis.quit();
    await this.client.end();
  }
}

/** Of the text that `INFO stats commandstats` answers. */
export function parseRedis(info: string): Pick<StoreCounters, 'roundTrips' | 'commands'> {
  const commands = [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name = '', calls]) => [name, Number(calls)] as const);
  return { roundTrips: Number(/^total_writes_processed:(\d+)/m.exec(info)?.[1] ?? 0), commands: Object.fromEntries(commands) };
}

/** What was done between two readings, the readings' own query and question left out; never below 0. */
export function between(before: StoreCounters, after: StoreCounters): StoreCounters {
  const commands = Object.entries(after.commands)
    .map(([name, calls]) => [name, calls - (before.commands[name] ?? 0)] as const)
    .filter(([name, calls]) => calls > 0 && name !== 'info');
  return {
    writes: Math.max(0, after.writes - before.writes),
    commits: Math.max(0, after.commits - before.commits - 1),
    roundTrips: Math.max(0, after.roundTrips - before.roundTrips - 1),
    commands: Object.fromEntries(commands),
  };
}
