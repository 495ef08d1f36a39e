/**
 * Guarantee: a pure function of the execution, so that a replay gives the same messages with the same ids. Every recipient
 * of the execution leaves exactly once, resolved or excluded: `targeted` is the number of both together.
 * Limits: recipients are compared within one execution; ingest-api refuses such calls already, this is the second line.
 */
import type { AudienceRecipientExcluded, ExecutionAccepted, ExecutionResolved, RecipientResolved } from '@postrider/contracts';
import { messageIdOf } from '@postrider/identity';

export interface Expansion {
  resolved: RecipientResolved[];
  excluded: AudienceRecipientExcluded[];
  executions: ExecutionResolved[];
}

type Recipient = ExecutionAccepted['recipients'][number];

/** What each execution comes to, in the order given. */
export function expand(executions: readonly ExecutionAccepted[]): Expansion {
  const expansion: Expansion = { resolved: [], excluded: [], executions: [] };
  for (const execution of executions) expandOne(execution, expansion);
  return expansion;
}

function expandOne(execution: ExecutionAccepted, expansion: Expansion): void {
  const seen = new Set<string>();
  for (const [position, recipient] of execution.recipients.entries()) {
    const size = seen.size;
    seen.add(recipient.recipientKey);
    if (seen.size > size) expansion.resolved.push(resolvedOf(execution, recipient));
    else expansion.excluded.push(duplicateOf(execution, recipient, position));
  }
  expansion.executions.push(executionResolvedOf(execution));
}

/** Field by field: objects of one shape are what makes this hop cheap. */
function resolvedOf(execution: ExecutionAccepted, recipient: Recipient): RecipientResolved {
  return {
    ...fieldsOf(execution, recipient),
    identity: recipient.identity,
    channelData: recipient.channelData,
    profile: recipient.profile,
    context: recipient.context,
    unknownProfiles: recipient.unknownProfiles,
  };
}

/** The first of the two has the messageId that their key gives; the other one's depends on its place in the call. */
function duplicateOf(execution: ExecutionAccepted, recipient: Recipient, position: number): AudienceRecipientExcluded {
  return {
    ...fieldsOf(execution, recipient),
    messageId: messageIdOf(execution.executionId, `${recipient.recipientKey}#${position}`, execution.channel),
    code: 'DUPLICATE',
    reason: 'An earlier recipient of this execution has the same identity.',
  };
}

function fieldsOf(execution: ExecutionAccepted, recipient: Recipient) {
  return {
    tenantId: execution.tenantId,
    lane: execution.lane,
    executionId: execution.executionId,
    requestId: execution.requestId,
    campaignId: execution.campaignId,
    campaignVersionId: execution.campaignVersionId,
    messageId: recipient.messageId,
    recipientKey: recipient.recipientKey,
    channel: execution.channel,
    namespace: recipient.namespace,
    userId: recipient.userId,
    acceptedAt: execution.acceptedAt,
    expiresAt: execution.expiresAt,
  };
}

function executionResolvedOf(execution: ExecutionAccepted): ExecutionResolved {
  return {
    tenantId: execution.tenantId,
    lane: execution.lane,
    executionId: execution.executionId,
    requestId: execution.requestId,
    campaignId: execution.campaignId,
    campaignVersionId: execution.campaignVersionId,
    acceptedAt: execution.acceptedAt,
    targeted: execution.recipients.length,
  };
}
