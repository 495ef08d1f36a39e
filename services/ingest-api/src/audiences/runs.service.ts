/**
 * What is done to an execution of an audience while it runs: by the resolver, which makes its recipients, and by the dispatcher,
 * which sends.
 * Guarantee: the resolver goes first, so that what the dispatcher counts is all there will be. After a cancellation nothing of
 * it begins to be sent, and its numbers are those of the whole audience. All of it is safe to repeat.
 * Failure modes: where the resolver has not met the execution within three seconds, the dispatcher is told to send nothing of
 * it, and the caller to ask again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { AudienceExecutionAnswer, CancelledExecution, Run } from '@postrider/contracts';
import { AppError, CLOCK, DependencyUnavailable, type Clock } from '@postrider/runtime';
import { DispatcherClient } from '../executions/dispatcher.client.js';
import { statusOf } from '../executions/execution-answers.js';
import type { ExecutionRow } from '../executions/execution-queries.js';
import { ResolverClient, type RunAction } from './resolver.client.js';

const MEETING_MS = 3_000;
const LOOK_MS = 100;

@Injectable()
export class Runs {
  constructor(
    private readonly resolver: ResolverClient,
    private readonly dispatcher: DispatcherClient,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Undefined where the resolver has not met it, or does not answer: what the ledger has can be told without it. */
  async look(tenantId: string, executionId: string): Promise<Run | undefined> {
    try {
      return await this.resolver.run(tenantId, executionId);
    } catch (error) {
      if (error instanceof DependencyUnavailable) return undefined;
      throw error;
    }
  }

  async status(tenantId: string, row: ExecutionRow & { audienceId: string }): Promise<AudienceExecutionAnswer> {
    const run = await this.look(tenantId, row.executionId);
    const { executionId, campaignId, createdAt, status, totals } = statusOf(row, run);
    return {
      executionId, campaignId, audienceId: row.audienceId, status: status === 'Abandoned' ? 'Failed' : status, targetedProfileCount: totals.targeted, createdAt,
      run: run ? { state: row.isPaused && status === 'InProgress' ? 'Paused' : run.state, resolved: run.resolved, missingIdentity: run.missingIdentity } : null,
      totals,
    };
  }

  /** @throws DependencyUnavailable when either does not answer */
  async cancel(tenantId: string, { executionId, isAbandoned }: ExecutionRow): Promise<CancelledExecution> {
    const run = isAbandoned ? undefined : await this.meet(tenantId, executionId, 'cancel');
    const answer = await this.dispatcher.cancel(executionId, { tenantId, targeted: run?.targeted ?? 0 });
    if (!run && !isAbandoned) throw new DependencyUnavailable('audience-resolver', new Error('it has not met the execution'));
    return answer;
  }

  async hold(tenantId: string, row: ExecutionRow, action: 'pause' | 'resume'): Promise<void> {
    const run = await this.meet(tenantId, row.executionId, action).catch((error: unknown) => this.finishedRun(tenantId, row, error));
    if (!run) throw new DependencyUnavailable('audience-resolver', new Error('it has not met the execution'));
    await this.dispatcher.hold(row.executionId, action, { tenantId });
  }

  /** A run that has made all its recipients cannot be held any more, but what waits to be sent can. */
  private async finishedRun(tenantId: string, row: ExecutionRow, error: unknown): Promise<Run> {
    if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
    const run = await this.resolver.run(tenantId, row.executionId);
    if (run?.state !== 'Completed' || statusOf(row, run).status !== 'InProgress') throw error;
    return run;
  }

  /** The message that begins the run may still be on its way. */
  private async meet(tenantId: string, executionId: string, action: RunAction): Promise<Run | undefined> {
    const deadline = this.clock.monotonicMs() + MEETING_MS;
    for (;;) {
      const run = await this.resolver.act(tenantId, executionId, action);
      if (run || this.clock.monotonicMs() > deadline) return run;
      await pause(LOOK_MS);
    }
  }
}
