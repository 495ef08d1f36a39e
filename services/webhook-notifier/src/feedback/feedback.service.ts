import { Inject, Injectable } from '@nestjs/common';
import type { StatusChanged } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import { CLOCK, Logger, type Clock } from '@postrider/runtime';
import { EndpointDirectory } from '../endpoints/endpoint-directory.js';
import type { NewDelivery } from '../queue/delivery.js';
import { deliveryIdOf } from './delivery-id.js';
import { feedbackEventOf } from './feedback-event.js';
import { CampaignVersionNotSeen } from './feedback.errors.js';

/** A version is published before calls are taken against it, so it is here within moments or does not exist. */
const VERSION_GRACE_MS = 30_000;

/** Decides who is told what. */
@Injectable()
export class FeedbackService {
  constructor(
    private readonly table: ConfigurationTable,
    private readonly directory: EndpointDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * One delivery for each status and endpoint that listens to it.
   * @throws CampaignVersionNotSeen
   */
  deliveriesOf(statuses: readonly StatusChanged[]): NewDelivery[] {
    return statuses.flatMap((status) => this.deliveriesOfOne(status));
  }

  private deliveriesOfOne(status: StatusChanged): NewDelivery[] {
    const { tenantId, messageId, sequence } = status;
    const endpoints = this.directory.listeners(tenantId, status.channel);
    if (endpoints.length === 0 || !this.wantsWebhooks(status)) return [];
    const event = feedbackEventOf(status, this.table.get('sandbox', tenantId)?.sandboxId ?? null);
    if (!event) return [];
    const body = JSON.stringify(event);
    const occurredAt = new Date(status.occurredAt);
    return endpoints.map(({ id }) => ({ id: deliveryIdOf(id, messageId, sequence), tenantId, endpointId: id, messageId, sequence, body, occurredAt }));
  }

  private wantsWebhooks({ campaignKind, campaignVersionId, tenantId, occurredAt }: StatusChanged): boolean {
    if (campaignKind !== 'transactional') return false;
    const version = this.table.get('campaign-version', campaignVersionId);
    if (version) return version.tenantId === tenantId && version.enableWebhooks;
    if (this.clock.now().getTime() - Date.parse(occurredAt) < VERSION_GRACE_MS) throw new CampaignVersionNotSeen(campaignVersionId);
    this.logger.warn('status.of-unknown-version', { campaignVersionId });
    return false;
  }
}
