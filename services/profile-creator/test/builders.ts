import { randomUUID } from 'node:crypto';
import { RecipientResolved } from '@postrider/contracts';
import { executionIdOf, messageIdOf, normaliseIdentity, recipientKeyOf } from '@postrider/identity';

export const TENANT = 'acme/prod';

export function anEmail(): string {
  return `${randomUUID()}@shop.test`;
}

/** A recipient as audience-resolver publishes it, with ids that belong together; every call makes another person. */
export function aRecipient(overrides: Partial<RecipientResolved> = {}): RecipientResolved {
  const { tenantId = TENANT, namespace = 'email', userId = anEmail(), requestId = randomUUID() } = overrides;
  const identity = normaliseIdentity(namespace, userId, 'SE');
  const executionId = executionIdOf(tenantId, RecipientResolved.example.campaignId, requestId);
  const recipientKey = recipientKeyOf(tenantId, namespace, identity);
  return {
    ...RecipientResolved.example,
    tenantId,
    requestId,
    executionId,
    recipientKey,
    messageId: messageIdOf(executionId, recipientKey, 'email'),
    namespace,
    userId,
    identity,
    ...overrides,
  };
}
