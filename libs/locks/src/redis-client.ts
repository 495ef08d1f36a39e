/**
 * Guarantee: a command answers, or throws DependencyUnavailable('redis') within the command timeout. Commands are
 * never queued while there is no connection, and never sent twice.
 * Limits: a command that timed out may still run later, so what is sent must tolerate that.
 * Failure modes: refused or lost connections fail at once while it reconnects for ever; when Redis hangs, one command a
 * second finds out by its timeout and the others fail at once.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { DependencyUnavailable } from '@postrider/runtime';
import type { RedisScript } from './redis-script.js';

const COMMAND_TIMEOUT_MS = 500;
const CONNECT_TIMEOUT_MS = 1_000;
const DISCONNECT_TIMEOUT_MS = 200;
const MAX_RECONNECT_DELAY_MS = 1_000;
const PAUSE_AFTER_TIMEOUT_MS = 1_000;

export interface RedisClientOptions {
  url: string;
  commandTimeoutMs?: number;
}

const optionsOf = ({ commandTimeoutMs = COMMAND_TIMEOUT_MS }: RedisClientOptions) =>
  ({
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: (attempt: number) => Math.min(50 * attempt, MAX_RECONNECT_DELAY_MS),
    disableClientInfo: true,
  }) satisfies RedisOptions;

/** ioredis with this house's limits; use {@link evaluate} and {@link run} for errors that say what to do. */
export class RedisClient extends Redis {
  private pausedUntil = 0;

  constructor(options: RedisClientOptions) {
    super(options.url, optionsOf(options));
    // Each command tells its own caller; without a listener a lost connection would be printed on every retry.
    this.on('error', () => undefined);
  }

  /** Connects; when Redis does not answer, it goes on trying in the background. */
  async start(): Promise<void> {
    await this.connect().catch(() => undefined);
  }

  /** Ends the connection for good; commands under way fail. */
  stop(): void {
    this.disconnect();
  }

  get isUp(): boolean {
    return this.status === 'ready' && performance.now() >= this.pausedUntil;
  }

  /**
   * Runs a script by its hash; loads it where Redis does not know it (yet, or any more).
   * @throws DependencyUnavailable
   */
  evaluate(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.run(async () => {
      try {
        return await this.evalsha(script.sha1, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return this.eval(script.lua, keys.length, ...keys, ...args);
      }
    });
  }

  /**
   * Runs commands with every failure as DependencyUnavailable('redis'), at once while Redis is known not to answer.
   * @throws DependencyUnavailable
   */
  async run<T>(commands: () => Promise<T>): Promise<T> {
    if (performance.now() < this.pausedUntil) throw new DependencyUnavailable('redis', new Error('Redis did not answer a moment ago'));
    try {
      return await commands();
    } catch (error) {
      if (error instanceof Error && error.message === 'Command timed out') this.pausedUntil = performance.now() + PAUSE_AFTER_TIMEOUT_MS;
      throw new DependencyUnavailable('redis', error);
    }
  }
}
