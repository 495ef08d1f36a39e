import { Injectable } from '@nestjs/common';
import type { WebhookEndpoint } from '@postrider/contracts';
import { Logger } from '@postrider/runtime';
import { EndpointConditions } from '../endpoints/endpoint-conditions.js';
import type { Delivery } from '../queue/delivery.js';
import { DeliveryStore } from '../queue/delivery-store.js';
import { WorkerLease } from '../queue/worker-lease.js';
import type { Verdict } from './judge-answer.js';

/** Holds back from endpoints that asked for it. Neither method rejects: what fails is logged, and asked for again by the next answer. */
@Injectable()
export class Restraint {
  constructor(
    private readonly conditions: EndpointConditions,
    private readonly store: DeliveryStore,
    private readonly lease: WorkerLease,
    private readonly logger: Logger,
  ) {}

  /** Pauses or stops the endpoint for all processes. */
  async impose(endpoint: WebhookEndpoint, { pauseMs, stop }: Verdict): Promise<void> {
    try {
      if (stop) await this.conditions.stop(endpoint, stop);
      if (pauseMs !== undefined) await this.conditions.pause(endpoint.id, pauseMs);
    } catch (error) {
      this.logger.warn('endpoint.not-restrained', { endpointId: endpoint.id, error });
    }
  }

  /** Gives back to the queue what was not called. */
  async giveBack(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    try {
      await this.store.release(this.lease.name(), deliveries.map(({ id }) => id));
    } catch (error) {
      this.logger.warn('deliveries.not-given-back', { count: deliveries.length, error });
    }
  }
}
