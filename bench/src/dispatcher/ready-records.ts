import { randomUUID } from 'node:crypto';
import { tenantIdOf, type ExecutionResolved, type RecipientReady } from '@postrider/contracts';
import { executionIdOf, messageIdOf, recipientKeyOf } from '@postrider/identity';
import { contextB } from '../load/message-b.js';
import type { Stack } from '../stack.js';

export interface ReadyPlan {
  stack: Pick<Stack, 'orgId' | 'sandbox'>;
  campaignId: string;
  campaignVersionId: string;
  runId: string;
  messages: number;
}

const RECIPIENTS_PER_EXECUTION = 20;
const LIFETIME_MS = 3_600_000;

/** What profile-creator and audience-resolver would have published for so many recipients of load B. */
export function readyRecords(plan: ReadyPlan): { ready: RecipientReady[]; resolved: ExecutionResolved[] } {
  const now = Date.now();
  const common = {
    tenantId: tenantIdOf(plan.stack), lane: 'transactional' as const, campaignId: plan.campaignId,
    campaignVersionId: plan.campaignVersionId, acceptedAt: new Date(now).toISOString(),
  };
  const ready = Array.from({ length: plan.messages }, (_, i): RecipientReady => {
    const requestId = `${plan.runId}-${Math.floor(i / RECIPIENTS_PER_EXECUTION)}`;
    const executionId = executionIdOf(common.tenantId, plan.campaignId, requestId);
    const address = `user${i}@bench.test`;
    const recipientKey = recipientKeyOf(common.tenantId, 'email', address);
    return {
      ...common, executionId, requestId, recipientKey, messageId: messageIdOf(executionId, recipientKey, 'email'), channel: 'email',
      namespace: 'email', userId: address, address, expiresAt: new Date(now + LIFETIME_MS).toISOString(), readyAt: common.acceptedAt,
      profileId: randomUUID(), attributes: { firstName: `First${i}`, lastName: `Last${i}`, member: i % 3 === 0 }, consents: { email: 'y' }, context: contextB(i),
    };
  });
  const targets = new Map<string, ExecutionResolved>();
  for (const { executionId, requestId } of ready) {
    targets.set(executionId, { ...common, executionId, requestId, targeted: (targets.get(executionId)?.targeted ?? 0) + 1 });
  }
  return { ready, resolved: [...targets.values()] };
}
