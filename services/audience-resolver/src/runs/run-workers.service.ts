/**
 * The workers of this process. Any number of processes share the shards: each is taken by a lease, the one that waited
 * longest first, and given back after a short turn, so that a small run is not behind a large one.
 * Failure modes: a turn that fails gives its shard back after a pause; a process that dies leaves its leases to run out.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Sql } from '@postrider/database';
import { DependencyUnavailable, within, type Logger } from '@postrider/runtime';
import type { RunBells } from './bell.js';
import type { RunMetrics } from './run-metrics.js';
import type { RunsConfig } from './runs.config.js';
import { claimShard, extendShardLeases, releaseShard, type ShardClaim } from './shard-leases.js';
import type { ShardWorker } from './shard-worker.js';

export interface RunWorkersParts {
  sql: Sql;
  worker: ShardWorker;
  bells: RunBells;
  metrics: RunMetrics;
  logger: Logger;
}

const PAUSE_AFTER_FAILURE_MS = 1_000;
const LONGEST_END_MS = 4_000;
const HEARTBEATS_A_LEASE = 3;

@Injectable()
export class RunWorkers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  /** By the token of the lease. */
  private readonly busy = new Map<string, Promise<void>>();
  private loops: Promise<void>[] = [];

  constructor(
    private readonly parts: RunWorkersParts,
    private readonly config: RunsConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.RUN_WORKERS > 0) this.loops = [this.takeShards(), this.showLife()];
  }

  /** A page that is being published is waited for, within a limit: it would only be published again. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.parts.bells.work.ring();
    const ended = Promise.all(this.loops).then(() => Promise.all(this.busy.values()));
    await within(LONGEST_END_MS, ended);
  }

  private async takeShards(): Promise<void> {
    const { sql, bells, logger } = this.parts;
    while (!this.stopping.signal.aborted) {
      const token = randomUUID();
      const isFree = this.busy.size < this.config.RUN_WORKERS;
      const claim = isFree ? await claimShard(sql, token, this.config.RUN_LEASE_MS).catch((error: unknown) => void logger.warn('run.claim-failed', { error })) : undefined;
      if (claim) this.busy.set(token, this.work(claim));
      else await bells.work.wait(this.config.RUN_POLL_MS);
    }
  }

  /** Never rejects: a failure is told, and the shard is there for another turn. */
  private async work(claim: ShardClaim): Promise<void> {
    const { worker, bells, sql, metrics, logger } = this.parts;
    try {
      await worker.work(claim, this.stopping.signal);
    } catch (error) {
      metrics.turnFailed();
      logger[error instanceof DependencyUnavailable ? 'warn' : 'error']('run.turn-failed', { executionId: claim.executionId, shard: claim.shard, error });
      await releaseShard(sql, claim, PAUSE_AFTER_FAILURE_MS).catch(() => undefined);
    } finally {
      this.busy.delete(claim.token);
      bells.work.ring();
      bells.states.ring();
    }
  }

  private async showLife(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await pause(this.config.RUN_LEASE_MS / HEARTBEATS_A_LEASE, undefined, { signal, ref: false }).catch(() => undefined);
      if (this.busy.size > 0) await extendShardLeases(this.parts.sql, [...this.busy.keys()], this.config.RUN_LEASE_MS).catch(() => undefined);
    }
  }
}
