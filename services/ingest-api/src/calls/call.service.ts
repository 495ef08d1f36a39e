/**
 * Takes calls.
 * Guarantee: what is answered with 202 is in Postgres and on the log. The same call again gets the first answer, also when the
 * campaign would refuse it by now; a refused call leaves nothing behind. A call that got no answer can always be repeated.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '@postrider/auth';
import type { AcceptedCall, Throughput, UnitaryCall } from '@postrider/contracts';
import { executionIdOf } from '@postrider/identity';
import { AppError, CLOCK, type Clock } from '@postrider/runtime';
import { bodyHash } from '../intake/body-hash.js';
import { ExecutionStore, type StoredExecution } from '../intake/execution-store.js';
import { Publications } from '../intake/publication.js';
import { requestIdReused } from './calls.errors.js';
import { Decider } from './decider.js';
import { answerOf, type Decision } from './decision.js';
import { readCall } from './read-call.js';

export interface TakenCall {
  answer: AcceptedCall;
  isReplay: boolean;
}

@Injectable()
export class CallService {
  constructor(
    private readonly decider: Decider,
    private readonly store: ExecutionStore,
    private readonly publications: Publications,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CallRefused, or DependencyUnavailable when it is not known whether the call was stored */
  async take(principal: Principal, body: unknown, throughput: Throughput): Promise<TakenCall> {
    const call = readCall(body);
    const decision = await this.decideOrRecall(principal, call, throughput);
    if ('bodyHash' in decision) return this.repeat(principal, call, decision);
    const now = this.clock.now();
    const answer = answerOf(decision, now, principal.keyId);
    const { isNew, stored } = await this.store.store({
      executionId: decision.executionId,
      tenantId: principal.tenantId,
      campaignId: call.campaignId,
      campaignVersionId: decision.version.id,
      requestId: call.requestId,
      bodyHash: bodyHash(call),
      answer,
      namespace: decision.version.identityType,
      targeted: decision.accepted.length,
      createdAt: answer.createdAt,
      createdBy: principal.keyId,
      expiresAt: decision.expiresAt,
    });
    if (!isNew) return this.repeat(principal, call, stored);
    await this.publish(principal.tenantId, decision, answer.createdAt);
    return { answer, isReplay: false };
  }

  /** The decision, or the stored execution where the call would be refused today and was accepted before. */
  private async decideOrRecall(principal: Principal, call: UnitaryCall, throughput: Throughput): Promise<Decision | StoredExecution> {
    try {
      return await this.decider.decide(principal.tenantId, call, throughput);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'transient') throw error;
      const stored = await this.store.find(executionIdOf(principal.tenantId, call.campaignId, call.requestId));
      if (!stored) throw error;
      return stored;
    }
  }

  private async repeat(principal: Principal, call: UnitaryCall, stored: StoredExecution): Promise<TakenCall> {
    if (!bodyHash(call).equals(stored.bodyHash)) throw requestIdReused();
    // Published again unless it is known to be there: the process that stored it may have died before it could.
    if (!stored.isPublished) await this.publish(principal.tenantId, this.decider.redo(principal.tenantId, call, stored), stored.answer.createdAt);
    return { answer: stored.answer, isReplay: true };
  }

  private publish(tenantId: string, { executionId, call, version, throughput, expiresAt, accepted }: Decision, acceptedAt: string): Promise<void> {
    return this.publications.publish({
      tenantId, executionId, requestId: call.requestId, campaignId: call.campaignId, version, throughput, acceptedAt, expiresAt, recipients: accepted,
    });
  }
}
