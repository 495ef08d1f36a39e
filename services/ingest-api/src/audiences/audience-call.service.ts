/**
 * Takes audience calls. Promises the same of them as of other calls; a call without a requestId is given one, and is another
 * execution each time.
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { AcceptedAudienceCall, ScheduledCall } from '@postrider/contracts';
import { audienceExecutionIdOf } from '@postrider/identity';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { Order, TakenCall } from '../calls/call.service.js';
import type { Caller } from '../calls/caller.js';
import { requestIdReused } from '../calls/calls.errors.js';
import { decideOrRecall } from '../calls/decide-or-recall.js';
import { bodyHash } from '../intake/body-hash.js';
import { ExecutionStore, type StoredExecution } from '../intake/execution-store.js';
import { Publications } from '../intake/publication.js';
import { Bookings } from '../schedules/bookings.service.js';
import { AudienceDecider, type AudienceDecision, type NamedAudienceCall } from './audience-decider.js';
import { readAudienceCall } from './read-audience-call.js';

@Injectable()
export class AudienceCallService {
  constructor(
    private readonly decider: AudienceDecider,
    private readonly store: ExecutionStore,
    private readonly publications: Publications,
    private readonly bookings: Bookings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CallRefused, or DependencyUnavailable when it is not known whether the call was stored */
  async take(caller: Caller, body: unknown): Promise<TakenCall<AcceptedAudienceCall | ScheduledCall>> {
    const call = readAudienceCall(body);
    const named = { ...call, requestId: call.requestId ?? randomUUID() };
    return call.schedule ? this.book(caller, named, call.schedule.executeAt) : this.carryOut({ caller }, named);
  }

  /** At once, whatever the call says of its time. @throws as {@link take} */
  async carryOut({ caller, leaseToken }: Order, call: NamedAudienceCall): Promise<TakenCall<AcceptedAudienceCall>> {
    const now = this.clock.now();
    const decision = await decideOrRecall<AudienceDecision, AcceptedAudienceCall>(
      this.store,
      () => this.decider.decide(caller.tenantId, call, now),
      () => audienceExecutionIdOf(caller.tenantId, call.campaignId, call.requestId),
    );
    if ('bodyHash' in decision) return this.repeat(caller, call, decision);
    const answer = answerOf(decision, now, caller.keyId);
    const { isNew, stored } = await this.store.storeAudience({
      executionId: decision.executionId,
      tenantId: caller.tenantId,
      campaignId: call.campaignId,
      campaignVersionId: decision.version.id,
      requestId: call.requestId,
      bodyHash: bodyHash(call),
      answer,
      namespace: decision.version.identityType,
      targeted: 0,
      createdAt: answer.createdAt,
      createdBy: caller.keyId,
      expiresAt: decision.expiresAt,
      leaseToken,
      audienceId: decision.audienceId,
      context: call.context,
    });
    if (!isNew) return this.repeat(caller, call, stored);
    await this.publish(caller.tenantId, decision, answer.createdAt);
    return { answer, isReplay: false };
  }

  private book(caller: Caller, call: NamedAudienceCall, instant: string): Promise<TakenCall<ScheduledCall>> {
    return this.bookings.book({
      caller,
      kind: 'audience',
      call,
      executionId: audienceExecutionIdOf(caller.tenantId, call.campaignId, call.requestId),
      executeAt: { instant, path: '/schedule/executeAt' },
      decide: async (at) => this.decider.decide(caller.tenantId, call, at).audienceId,
    });
  }

  private async repeat({ tenantId }: Caller, call: NamedAudienceCall, stored: StoredExecution<AcceptedAudienceCall> | undefined): Promise<TakenCall<AcceptedAudienceCall>> {
    if (!stored || !bodyHash(call).equals(stored.bodyHash)) throw requestIdReused();
    // Published again unless it is known to be there: the process that stored it may have died before it could.
    if (!stored.isPublished) await this.publish(tenantId, this.decider.redo(call, stored), stored.answer.createdAt);
    return { answer: stored.answer, isReplay: true };
  }

  private publish(tenantId: string, { executionId, call, version, audienceId, expiresAt }: AudienceDecision, acceptedAt: string): Promise<void> {
    return this.publications.publish({
      tenantId, executionId, requestId: call.requestId, campaignId: call.campaignId, version, acceptedAt, expiresAt,
      audience: { audienceId, identityType: version.identityType, sharedContext: call.context !== undefined },
    });
  }
}

function answerOf({ executionId, call }: AudienceDecision, at: Date, by: string): AcceptedAudienceCall {
  const time = at.toISOString();
  return { executionId, requestId: call.requestId, createdAt: time, createdBy: by, modifiedAt: time, modifiedBy: by };
}
