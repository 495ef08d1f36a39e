import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  feedbackEventExample, tenantOf, type FeedbackEvent, type WebhookEndpoint, type WebhookTestOutcome,
} from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, type Clock } from '@postrider/runtime';
import { describeCall, EndpointCaller } from '../sending/endpoint-caller.js';
import { AttemptLog } from './attempt-log.js';

/** Whoever asks waits for the answer. */
const TEST_TIMEOUT_MS = 10_000;

/** Calls an endpoint at once with a sample event, also while it is disabled, paused or stopped. Changes nothing of that. */
@Injectable()
export class EndpointTestService {
  constructor(
    private readonly caller: EndpointCaller,
    private readonly log: AttemptLog,
    private readonly table: ConfigurationTable,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async test(endpoint: WebhookEndpoint): Promise<WebhookTestOutcome> {
    const webhookId = randomUUID();
    const call = await this.caller.call(endpoint, { id: webhookId, body: JSON.stringify(this.sampleFor(endpoint)), timeoutMs: TEST_TIMEOUT_MS });
    const described = describeCall(call);
    await this.log.add({ ...described, webhookId, endpointId: endpoint.id, messageId: null, sequence: null, number: 1 });
    return { ...described, webhookId, startedAt: described.startedAt.toISOString() };
  }

  /** The example of the contract, as if it were this tenant's and happened now. */
  private sampleFor({ tenantId, channels: [channel = 'email'] }: WebhookEndpoint): FeedbackEvent {
    const { orgId, sandbox } = tenantOf(tenantId);
    const now = this.clock.now().toISOString();
    return {
      ...feedbackEventExample,
      requestId: 'webhook-test',
      imsOrg: orgId,
      sandbox: { id: this.table.get('sandbox', tenantId)?.sandboxId ?? null, name: sandbox },
      channel,
      messageDeliveryFeedback: { ...feedbackEventExample.messageDeliveryFeedback, deliveryTimestamp: now },
      occurredAt: now,
    };
  }
}
