import { waitUntil } from '@postrider/local-stack';
import type { WebhookReceiver } from '@postrider/testing';

/** A webhook call as it was received. */
export interface Call {
  webhookId: string;
  status: string;
  messageId: string;
  isVerified: boolean;
}

interface Event {
  messageExecution: { messageID: string };
  messageDeliveryFeedback: { feedbackStatus: { value: string } };
}

const DEADLINE_MS = 30_000;

/** The calls about these messages, once each of them has one. @throws when one is missing or wrongly signed */
export async function arrivedCalls(receiver: WebhookReceiver, messageIds: readonly string[]): Promise<Call[]> {
  const look = (): Call[] => receiver.calls().map(read).filter(({ messageId }) => messageIds.includes(messageId));
  await waitUntil('All webhook calls', async () => {
    const told = new Set(look().map(({ messageId }) => messageId));
    if (told.size < messageIds.length) throw new Error(`calls about ${told.size} of ${messageIds.length} messages arrived`);
  }, DEADLINE_MS);
  const calls = look();
  if (calls.some((call) => !call.isVerified)) throw new Error('A webhook call has a wrong signature');
  return calls;
}

function read({ id, body, verified }: ReturnType<WebhookReceiver['calls']>[number]): Call {
  const event = JSON.parse(body) as Event;
  return {
    webhookId: id,
    status: event.messageDeliveryFeedback.feedbackStatus.value,
    messageId: event.messageExecution.messageID,
    isVerified: verified === true,
  };
}
