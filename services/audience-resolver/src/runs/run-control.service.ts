import { Injectable } from '@nestjs/common';
import type { Run } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { RunBells } from './bell.js';
import { changeRuns, readRun } from './run-states.js';
import { RunIsOver, RunNotFound } from './runs.errors.js';

const IS_OVER = new Set<Run['state']>(['Cancelled', 'Completed', 'Failed']);

/**
 * Holds and ends runs. Each call may be repeated.
 * Limit: a page that is being published goes out after the answer; what was resolved already is the dispatcher's to hold.
 */
@Injectable()
export class RunControl {
  constructor(
    private readonly sql: Sql,
    private readonly bells: RunBells,
  ) {}

  /** @throws RunNotFound */
  async get(executionId: string, tenantId: string): Promise<Run> {
    const run = await readRun(this.sql, executionId, tenantId);
    if (!run) throw new RunNotFound();
    return run;
  }

  /** @throws RunNotFound, RunIsOver */
  pause(executionId: string, tenantId: string): Promise<Run> {
    return this.change(executionId, tenantId, 'Paused');
  }

  /** @throws RunNotFound, RunIsOver */
  resume(executionId: string, tenantId: string): Promise<Run> {
    return this.change(executionId, tenantId, 'Running');
  }

  /** One that is over stays as it is. @throws RunNotFound */
  async cancel(executionId: string, tenantId: string): Promise<Run> {
    await this.get(executionId, tenantId);
    await this.apply(executionId, 'Cancelled');
    return this.get(executionId, tenantId);
  }

  private async change(executionId: string, tenantId: string, change: 'Paused' | 'Running'): Promise<Run> {
    await this.get(executionId, tenantId);
    await this.apply(executionId, change);
    const run = await this.get(executionId, tenantId);
    if (IS_OVER.has(run.state)) throw new RunIsOver(run.state);
    return run;
  }

  private async apply(executionId: string, change: 'Paused' | 'Running' | 'Cancelled'): Promise<void> {
    if ((await changeRuns(this.sql, [executionId], change)) === 0) return;
    this.bells.work.ring();
    this.bells.states.ring();
  }
}
