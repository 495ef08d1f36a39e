import { randomUUID } from 'node:crypto';
import { ExecutionAccepted, type AcceptedRecipient } from '@postrider/contracts';
import { executionIdOf, messageIdOf, recipientKeyOf } from '@postrider/identity';

const TENANT = 'acme/prod';

/** A recipient as ingest-api names it; every call makes another person. */
export function aRecipient(overrides: Partial<AcceptedRecipient> = {}): AcceptedRecipient {
  const userId = overrides.userId ?? `${randomUUID()}@shop.test`;
  const recipientKey = recipientKeyOf(TENANT, 'email', userId);
  return {
    messageId: messageIdOf('unset', recipientKey, 'email'),
    recipientKey,
    namespace: 'email',
    userId,
    identity: userId,
    context: { order: 4711 },
    unknownProfiles: 'refuse',
    ...overrides,
  };
}

/** An accepted execution with ids that belong together; every call makes another one. */
export function anExecution(overrides: Partial<ExecutionAccepted> = {}): ExecutionAccepted {
  const requestId = randomUUID();
  const execution = { ...ExecutionAccepted.example, requestId, executionId: executionIdOf(TENANT, ExecutionAccepted.example.campaignId, requestId), ...overrides };
  const recipients = execution.recipients.map((recipient) => ({
    ...recipient,
    messageId: messageIdOf(execution.executionId, recipient.recipientKey, execution.channel),
  }));
  return { ...execution, recipients };
}
