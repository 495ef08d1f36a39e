/**
 * Begins evaluations at the times of their schedules.
 * Guarantee: each time once over any number of processes: whoever sets the next time begins it, in one statement. Times that
 * passed while no process ran are made up for by one evaluation on return.
 * Limits: a poll late at most. A schedule counts from when it was first seen, or changed: what was due before is not made up for.
 * Failure modes: without the database nothing fires, and it is made up for later.
 */
import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { AudienceDefinition } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { CLOCK, Logger, type Clock } from '@postrider/runtime';
import { AudienceDefinitions } from './audience-definitions.js';
import { nextOccurrence } from './next-occurrence.js';
import { repeat } from './repeat.js';
import { fire, forget, keepSchedules, readDue, type ScheduledEvaluation } from './schedules.js';

const EVERY_MS = 1_000;

@Injectable()
export class EvaluationScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  /** What this process has seen to be kept, by audience. */
  private readonly kept = new Map<string, string>();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly definitions: AudienceDefinitions,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = repeat({ what: 'evaluation schedules', everyMs: EVERY_MS, run: () => this.look() }, this.stopping.signal, this.logger);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  async look(): Promise<void> {
    const now = this.clock.now();
    await this.keep(now);
    for (const due of await readDue(this.sql, now)) await this.begin(due, now);
  }

  private async keep(now: Date): Promise<void> {
    const scheduled = this.definitions.all().filter(({ source, evaluationSchedule }) => source !== 'upload' && evaluationSchedule !== null);
    const fresh = scheduled.filter((definition) => this.kept.get(definition.id) !== expressionOf(definition));
    const schedules = fresh.flatMap((definition) => scheduleOf(definition, now));
    if (schedules.length > 0) await keepSchedules(this.sql, schedules);
    this.kept.clear();
    for (const definition of scheduled) this.kept.set(definition.id, expressionOf(definition));
  }

  private async begin(due: ScheduledEvaluation, now: Date): Promise<void> {
    const definition = this.definitions.find(due.tenantId, due.audienceId);
    const [next] = definition ? scheduleOf(definition, now) : [];
    if (!next) {
      await forget(this.sql, due);
      return;
    }
    if (await fire(this.sql, due, next.dueAt, randomUUIDv7())) this.logger.info('audience.evaluation-due', { ...due, next: next.dueAt });
  }
}

/** One, or none where it is not evaluated by a schedule. */
function scheduleOf({ tenantId, id, source, evaluationSchedule }: AudienceDefinition, now: Date): ScheduledEvaluation[] {
  const dueAt = evaluationSchedule && source !== 'upload' ? nextOccurrence(evaluationSchedule, now) : undefined;
  return dueAt && evaluationSchedule ? [{ tenantId, audienceId: id, cron: evaluationSchedule.cron, timeZone: evaluationSchedule.timeZone, dueAt }] : [];
}

const expressionOf = ({ evaluationSchedule }: AudienceDefinition): string => `${evaluationSchedule?.cron} ${evaluationSchedule?.timeZone}`;
