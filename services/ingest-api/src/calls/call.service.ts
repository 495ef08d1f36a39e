/**
 * Takes calls.
 * Guarantee: what is answered with 202 is in Postgres and on the log. The same call again gets the first answer, also when the
 * campaign would refuse it by now; a refused call leaves nothing behind. A call that got no answer can always be repeated.
 * A call with a time to come is stored as a schedule.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { AcceptedCall, ScheduledCall, Throughput, UnitaryCall } from '@postrider/contracts';
import { executionIdOf } from '@postrider/identity';
import { CLOCK, type Clock } from '@postrider/runtime';
import { bodyHash } from '../intake/body-hash.js';
import { ExecutionStore, type StoredExecution } from '../intake/execution-store.js';
import { Publications } from '../intake/publication.js';
import { Bookings } from '../schedules/bookings.service.js';
import type { Caller } from './caller.js';
import { requestIdReused } from './calls.errors.js';
import { decideOrRecall } from './decide-or-recall.js';
import { Decider } from './decider.js';
import { answerOf, type Decision } from './decision.js';
import { readCall } from './read-call.js';

export interface TakenCall<Answer = AcceptedCall> {
  answer: Answer;
  isReplay: boolean;
}

/** For whom a call is carried out, and the lease of the schedule that it comes from. */
export interface Order {
  caller: Caller;
  leaseToken?: string;
}

@Injectable()
export class CallService {
  constructor(
    private readonly decider: Decider,
    private readonly store: ExecutionStore,
    private readonly publications: Publications,
    private readonly bookings: Bookings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CallRefused, or DependencyUnavailable when it is not known whether the call was stored */
  async take(caller: Caller, body: unknown, throughput: Throughput): Promise<TakenCall<AcceptedCall | ScheduledCall>> {
    const call = readCall(body);
    return call.executeAt === undefined ? this.carryOut({ caller }, call, throughput) : this.book(caller, call, throughput, call.executeAt);
  }

  /** At once, whatever the call says of its time. @throws as {@link take} */
  async carryOut({ caller, leaseToken }: Order, call: UnitaryCall, throughput: Throughput): Promise<TakenCall> {
    const decision = await decideOrRecall<Decision, AcceptedCall>(
      this.store,
      () => this.decider.decide(caller.tenantId, call, throughput),
      () => executionIdOf(caller.tenantId, call.campaignId, call.requestId),
    );
    if ('bodyHash' in decision) return this.repeat(caller, call, decision);
    const now = this.clock.now();
    const answer = answerOf(decision, now, caller.keyId);
    const { isNew, stored } = await this.store.store({
      executionId: decision.executionId,
      tenantId: caller.tenantId,
      campaignId: call.campaignId,
      campaignVersionId: decision.version.id,
      requestId: call.requestId,
      bodyHash: bodyHash(call),
      answer,
      namespace: decision.version.identityType,
      targeted: decision.accepted.length,
      createdAt: answer.createdAt,
      createdBy: caller.keyId,
      expiresAt: decision.expiresAt,
      leaseToken,
    });
    if (!isNew) return this.repeat(caller, call, stored);
    await this.publish(caller.tenantId, decision, answer.createdAt);
    return { answer, isReplay: false };
  }

  private book(caller: Caller, call: UnitaryCall, throughput: Throughput, instant: string): Promise<TakenCall<ScheduledCall>> {
    return this.bookings.book({
      caller,
      kind: throughput === 'high' ? 'highthroughput' : 'unitary',
      call,
      executionId: executionIdOf(caller.tenantId, call.campaignId, call.requestId),
      executeAt: { instant, path: '/executeAt' },
      decide: async (at) => {
        await this.decider.decide(caller.tenantId, call, throughput, at);
        return null;
      },
    });
  }

  private async repeat({ tenantId }: Caller, call: UnitaryCall, stored: StoredExecution | undefined): Promise<TakenCall> {
    if (!stored || !bodyHash(call).equals(stored.bodyHash)) throw requestIdReused();
    // Published again unless it is known to be there: the process that stored it may have died before it could.
    if (!stored.isPublished) await this.publish(tenantId, this.decider.redo(tenantId, call, stored), stored.answer.createdAt);
    return { answer: stored.answer, isReplay: true };
  }

  private publish(tenantId: string, { executionId, call, version, throughput, expiresAt, accepted }: Decision, acceptedAt: string): Promise<void> {
    return this.publications.publish({
      tenantId, executionId, requestId: call.requestId, campaignId: call.campaignId, version, throughput, acceptedAt, expiresAt, recipients: accepted,
    });
  }
}
