/**
 * What moves runs from state to state beside their pages.
 * Guarantee: a campaign that is stopped cuts its runs short, also one that was stopped while no process ran; a run that waits
 * starts when its audience was evaluated, or fails with that; what a process that died did not tell is told.
 * Every process does all of it: each step is one conditional statement, so that doing it twice does nothing more.
 */
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Sql } from '@postrider/database';
import type { ConfigurationTable } from '@postrider/kafka';
import { DependencyUnavailable, within, type Logger } from '@postrider/runtime';
import type { RunAnnouncer } from './run-announcer.js';
import type { RunBells } from './bell.js';
import { changeRuns, finishRuns } from './run-states.js';
import { readUnfinished, type UnfinishedRun } from './unfinished-runs.js';
import type { WaitingRuns } from './waiting-runs.js';

export interface RunSupervisorParts {
  sql: Sql;
  configurations: ConfigurationTable;
  waiting: WaitingRuns;
  announcer: RunAnnouncer;
  bells: RunBells;
  logger: Logger;
}

const LONGEST_END_MS = 2_000;

@Injectable()
export class RunSupervisor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private isStopping = false;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly parts: RunSupervisorParts,
    private readonly pollMs: number,
  ) {
    parts.configurations.onChange(({ kind }) => {
      if (kind === 'campaign' || kind === 'audience') parts.bells.states.ring();
    });
  }

  onApplicationBootstrap(): void {
    this.loop = this.watch();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.parts.bells.states.ring();
    await within(LONGEST_END_MS, this.loop);
  }

  private async watch(): Promise<void> {
    const { bells, logger } = this.parts;
    while (!this.isStopping) {
      try {
        await this.sweep();
      } catch (error) {
        logger[error instanceof DependencyUnavailable ? 'warn' : 'error']('run.sweep-failed', { error });
      }
      await bells.states.wait(this.pollMs);
    }
  }

  private async sweep(): Promise<void> {
    const { sql, waiting, announcer, bells } = this.parts;
    const unfinished = await readUnfinished(sql);
    const stopped = unfinished.filter((run) => this.isStopped(run)).map(({ executionId }) => executionId);
    if (stopped.length > 0) await changeRuns(sql, stopped, 'Cancelled');
    const moved = await waiting.look(unfinished.filter(({ state, executionId }) => state === 'Waiting' && !stopped.includes(executionId)));
    if (moved.length > 0) bells.work.ring();
    const finished = unfinished.length > 0 ? await finishRuns(sql) : [];
    const cutShort = finished.filter(({ state }) => state === 'Cancelled').map(({ executionId }) => executionId);
    await announcer.announce([...moved, ...cutShort]);
    await announcer.announceRest();
  }

  private isStopped({ state, campaignId }: UnfinishedRun): boolean {
    return state !== 'Cancelled' && this.parts.configurations.get('campaign', campaignId)?.status === 'Stopped';
  }
}
