import { Inject, Injectable } from '@nestjs/common';
import type { WebhookEndpoint } from '@postrider/contracts';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { CallResult, Delivery } from '../queue/delivery.js';
import { describeCall, EndpointCaller } from './endpoint-caller.js';
import { judgeAnswer, type Verdict } from './judge-answer.js';
import { SendingMetrics } from './sending-metrics.js';

export interface MadeAttempt {
  verdict: Verdict;
  result: CallResult;
  /** Whether the endpoint gave any answer. */
  answered: boolean;
}

/** One try of a delivery, from the call to what it means. */
@Injectable()
export class DeliveryAttempts {
  constructor(
    private readonly caller: EndpointCaller,
    private readonly metrics: SendingMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Never rejects. */
  async make(endpoint: WebhookEndpoint, delivery: Delivery): Promise<MadeAttempt> {
    const call = await this.caller.call(endpoint, delivery);
    const now = this.clock.now();
    const verdict = judgeAnswer(call.answer, delivery.attempts, now, Math.random());
    const { id: webhookId, endpointId, messageId, sequence, calls } = delivery;
    const result: CallResult = {
      delivery,
      attempt: { ...describeCall(call), webhookId, endpointId, messageId, sequence, number: calls + 1 },
      state: verdict.state,
      spent: verdict.spent,
      delayMs: verdict.delayMs,
    };
    this.metrics.called(result, now);
    return { verdict, result, answered: call.answer.kind !== 'failed' };
  }
}
