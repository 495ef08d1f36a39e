import { adobeNumberOf, ExclusionCode, feedbackStatusOf, tenantOf, type FeedbackEvent, type StatusChanged } from '@postrider/contracts';

type Delivery = FeedbackEvent['messageDeliveryFeedback'];

/** What webhooks are told of a status; undefined for one that they are not told. */
export function feedbackEventOf(status: StatusChanged, sandboxId: string | null): FeedbackEvent | undefined {
  const value = feedbackStatusOf(status.state);
  if (value === undefined) return undefined;
  const { orgId, sandbox } = tenantOf(status.tenantId);
  return {
    requestId: status.requestId,
    imsOrg: orgId,
    sandbox: { id: sandboxId, name: sandbox },
    channel: status.channel,
    eventType: 'message.feedback',
    channelContext: { profileAddress: status.address, profileNumber: null },
    messageExecution: {
      messageExecutionID: status.executionId,
      messageType: status.campaignKind,
      campaignID: status.campaignId,
      campaignVersionID: status.campaignVersionId,
      campaignType: status.campaignKind,
      messageID: status.messageId,
      messageProfileID: status.profileId,
    },
    messageDeliveryFeedback: {
      feedbackStatus: { value },
      offers: null,
      messageExclusion: value === 'exclude' ? exclusionOf(status) : null,
      messageFailure: failureOf(status),
      retryCount: Math.max(0, status.attempts - 1),
      responseCode: status.responseCode,
      responseDurationMillis: status.responseDurationMillis,
      encoding: null,
      numberOfMessageParts: null,
      deliveryTimestamp: value === 'sent' || value === 'delivered' ? status.occurredAt : null,
    },
    identityMap: { [status.namespace]: [{ id: status.userId, primary: true }] },
    sequence: status.sequence,
    executionId: status.executionId,
    occurredAt: status.occurredAt,
  };
}

function exclusionOf({ code, reason, state }: StatusChanged): Delivery['messageExclusion'] {
  const word = code ?? state.toUpperCase();
  const known = ExclusionCode.safeParse(word);
  return { code: word, reason, number: known.success ? adobeNumberOf(known.data) : null };
}

/** Also says why a message expired, or why nobody knows of it, where that is known. */
function failureOf({ failure, state, code, reason }: StatusChanged): Delivery['messageFailure'] {
  if (failure) return failure;
  const isFailure = state === 'bounced' || state === 'failed' || state === 'expired' || state === 'unknown';
  return isFailure && code !== null ? { category: 'hard', type: state, code, reason: reason ?? '' } : null;
}
