import type { CampaignState, ExecutionCompleted, StatusChanged } from '@postrider/contracts';
import type { CompletedExecution, LedgerMessage } from '../ledger/fact.js';

/** How the ids of executions of audiences begin, which marketing campaigns alone have. */
const AUDIENCE_EXECUTION = 'CMA-';

/** The event of a message's last change. */
export function statusOf(message: LedgerMessage, campaign: CampaignState | undefined): StatusChanged {
  return {
    tenantId: message.tenantId,
    executionId: message.executionId,
    requestId: message.requestId,
    campaignId: message.campaignId,
    campaignVersionId: message.campaignVersionId,
    campaignKind: campaign?.campaignKind ?? (message.executionId.startsWith(AUDIENCE_EXECUTION) ? 'marketing' : 'transactional'),
    messageId: message.messageId,
    recipientKey: message.recipientKey,
    channel: message.channel,
    namespace: message.namespace,
    userId: message.userId,
    address: message.address,
    profileId: message.profileId,
    state: message.state,
    sequence: message.sequence,
    attempts: message.attempts,
    code: message.code,
    reason: message.reason,
    failure: message.failure,
    responseCode: message.responseCode,
    responseDurationMillis: message.responseMs,
    occurredAt: message.updatedAt.toISOString(),
  };
}

/** States that others are told of. */
export const isPublished = ({ state, sequence }: Pick<LedgerMessage, 'state' | 'sequence'>): boolean =>
  sequence > 0 && state !== 'accepted' && state !== 'ready' && state !== 'sending';

export function completionOf(execution: CompletedExecution): ExecutionCompleted {
  const { executionId, tenantId, requestId, campaignId, completedAt, targeted, sent, failed, excluded, expired, cancelled, unknown } = execution;
  return {
    tenantId, executionId, requestId, campaignId,
    totals: { targeted, sent, failed, excluded, expired, cancelled, unknown, pending: 0 },
    completedAt: completedAt.toISOString(),
  };
}
