/**
 * Carries out schedules when they are due.
 * Guarantee: of any number of processes, one takes a schedule at a time (its lease), and each becomes one execution: the ids of
 * an execution follow from its call, so a process that died after it had carried one out, and before it said so, leaves nothing
 * that a second time could double. What is taken was not deleted, and cannot be any more.
 * A schedule whose call is refused when it is due is `Refused`, with the code. What is later than allowed (nothing ran, or a
 * dependency was away) is `Missed` where the settings say so, and carried out else.
 * Limits: due within the poll interval; times are those of the database's clock, so that processes need not agree.
 * Failure modes: while Postgres or Kafka is away, a schedule waits and is tried again; a process that dies holds its schedules
 * until their leases are over.
 */
import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Sql } from '@postrider/database';
import { DependencyUnavailable, Logger, Metrics, pause, type CounterMetric } from '@postrider/runtime';
import { DueCalls } from './due-calls.js';
import { putOffSchedule, settleSchedule, takeDue, type DueSchedule } from './schedule-statements.js';

const POLL_MS = 500;
const LEASE_MS = 30_000;
const AGAIN_MS = 2_000;
const AT_ONCE = 50;

@Injectable()
export class Scheduler implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private readonly settled: CounterMetric<'status'>;

  constructor(
    private readonly sql: Sql,
    private readonly calls: DueCalls,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.settled = metrics.counter('ingest_schedules_settled_total', 'Schedules whose time had come, by what became of them', ['status']);
  }

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  /** Before what it works with ends. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const taken = await this.round();
      if (taken < AT_ONCE) await pause(POLL_MS, signal);
    }
  }

  /** How many were taken. The next round comes anyway, so a failure is told and not passed on. */
  private async round(): Promise<number> {
    try {
      const token = randomUUID();
      const due = await takeDue(this.sql, { token, ms: LEASE_MS }, AT_ONCE);
      await Promise.all(due.map((schedule) => this.attempt(schedule, token)));
      return due.length;
    } catch (error) {
      this.tell('schedules.poll-failed', error);
      return 0;
    }
  }

  private async attempt(schedule: DueSchedule, token: string): Promise<void> {
    const { scheduleId } = schedule;
    try {
      const settlement = await this.calls.carryOut(schedule, token);
      await settleSchedule(this.sql, scheduleId, token, settlement);
      this.settled.inc({ status: settlement.status });
      this.logger.info('schedule.settled', { scheduleId, status: settlement.status, code: settlement.code, lateMs: Math.round(schedule.lateMs) });
    } catch (error) {
      this.tell('schedule.waits', error, scheduleId);
      // Where that fails as well, the lease ends by itself.
      await putOffSchedule(this.sql, scheduleId, { token, ms: AGAIN_MS }).catch(() => undefined);
    }
  }

  private tell(event: string, error: unknown, scheduleId?: string): void {
    this.logger[error instanceof DependencyUnavailable ? 'warn' : 'error'](event, { scheduleId, error });
  }
}
