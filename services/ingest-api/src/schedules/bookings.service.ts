/**
 * Takes calls that are to be carried out at a later time.
 * Guarantee: what is answered with 202 is in Postgres, and was a call that would be accepted at its time, by what was known then.
 * A requestId is used up by a schedule as it is by an execution: the same call again gets the same schedule, another body 409.
 * Limit: it is decided again when it is due, and may be refused then.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { ScheduledCall } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { scheduleIdOf } from '@postrider/identity';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { Caller } from '../calls/caller.js';
import { requestIdReused } from '../calls/calls.errors.js';
import { dueTime } from '../calls/due-time.js';
import { bodyHash } from '../intake/body-hash.js';
import { findSchedule, insertSchedule, type ScheduleKind, type ScheduleRow } from './schedule-statements.js';

export interface BookingRequest {
  caller: Caller;
  kind: ScheduleKind;
  /** The whole call, of which nothing is left out when it is carried out. */
  call: { campaignId: string; requestId: string };
  /** Of the execution that it becomes. */
  executionId: string;
  /** Where the call says it, as a JSON Pointer. */
  executeAt: { instant: string; path: string };
  /** Decides on the call as of a time, and answers the audience that it goes to, if it goes to one. */
  decide: (at: Date) => Promise<string | null>;
}

export interface Booked {
  answer: ScheduledCall;
  isReplay: boolean;
}

@Injectable()
export class Bookings {
  constructor(
    private readonly sql: Sql,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CallRefused, or DependencyUnavailable when it is not known whether it was stored; trying again is safe */
  async book({ caller, kind, call, executionId, executeAt, decide }: BookingRequest): Promise<Booked> {
    const { tenantId } = caller;
    const { campaignId, requestId } = call;
    const scheduleId = scheduleIdOf(tenantId, campaignId, requestId);
    const hash = bodyHash(call);
    const known = await findSchedule(this.sql, tenantId, scheduleId);
    if (known) return repeat(known, hash);
    const now = this.clock.now();
    const audienceId = await decide(dueTime(executeAt.instant, executeAt.path, now));
    const row = await insertSchedule(this.sql, {
      scheduleId, executionId, tenantId, campaignId, requestId, kind, body: call, bodyHash: hash, audienceId,
      executeAt: new Date(executeAt.instant).toISOString(), createdAt: now.toISOString(), createdBy: caller.keyId,
    });
    if (row) return { answer: answerOf(row), isReplay: false };
    const other = await findSchedule(this.sql, tenantId, scheduleId);
    // Without one it is an execution that has the requestId; its body had no time.
    if (!other) throw requestIdReused();
    return repeat(other, hash);
  }
}

function repeat(row: ScheduleRow, hash: Buffer): Booked {
  if (!hash.equals(row.bodyHash)) throw requestIdReused();
  return { answer: answerOf(row), isReplay: true };
}

function answerOf({ scheduleId, requestId, campaignId, executeAt, createdAt, createdBy }: ScheduleRow): ScheduledCall {
  return { scheduleId, requestId, campaignId, executeAt: executeAt.toISOString(), createdAt: createdAt.toISOString(), createdBy };
}
