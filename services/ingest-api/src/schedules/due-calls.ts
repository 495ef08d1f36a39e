import { Inject, Injectable } from '@nestjs/common';
import type { AcceptedAudienceCall, UnitaryCall } from '@postrider/contracts';
import { AppError, CLOCK, type Clock } from '@postrider/runtime';
import { AudienceCallService } from '../audiences/audience-call.service.js';
import type { NamedAudienceCall } from '../audiences/audience-decider.js';
import { CallService, type Order } from '../calls/call.service.js';
import { ExecutionStore } from '../intake/execution-store.js';
import type { DueSchedule, Settlement } from './schedule-statements.js';

export interface LatePolicy {
  /** What becomes of a schedule that is too late. */
  late: 'fire' | 'expire';
  lateAfterMs: number;
}

export const LATE_POLICY = Symbol('LatePolicy');

/** Carries out what a schedule asks for, as if its call came now, and says what became of it. */
@Injectable()
export class DueCalls {
  constructor(
    private readonly calls: CallService,
    private readonly audienceCalls: AudienceCallService,
    private readonly store: ExecutionStore,
    @Inject(LATE_POLICY) private readonly policy: LatePolicy,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DependencyUnavailable when it cannot be done now; doing it again is safe */
  async carryOut(schedule: DueSchedule, leaseToken: string): Promise<Settlement> {
    const now = this.clock.now().toISOString();
    if (await this.isMissed(schedule)) {
      const seconds = [schedule.lateMs, this.policy.lateAfterMs].map((ms) => Math.round(ms / 1_000));
      return { status: 'Missed', code: 'MISSED', detail: `It was ${seconds[0]} s late; this installation allows ${seconds[1]} s.`, triggeredAt: now };
    }
    try {
      const { createdAt } = await this.takeNow(schedule, leaseToken);
      return { status: 'Triggered', code: null, detail: null, triggeredAt: createdAt };
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'transient' || error.kind === 'bug') throw error;
      return { status: 'Refused', code: error.code, detail: error.detail, triggeredAt: now };
    }
  }

  /** What was stored in time and not finished is not late. */
  private async isMissed({ lateMs, executionId }: DueSchedule): Promise<boolean> {
    const { late, lateAfterMs } = this.policy;
    return late === 'expire' && lateMs > lateAfterMs && (await this.store.find(executionId)) === undefined;
  }

  private async takeNow({ kind, body, tenantId, createdBy }: DueSchedule, leaseToken: string): Promise<AcceptedAudienceCall> {
    const order: Order = { caller: { tenantId, keyId: createdBy }, leaseToken };
    if (kind === 'audience') return (await this.audienceCalls.carryOut(order, body as NamedAudienceCall)).answer;
    return (await this.calls.carryOut(order, body as UnitaryCall, kind === 'highthroughput' ? 'high' : 'standard')).answer;
  }
}
