import { Controller } from '@nestjs/common';
import type { FeedbackWebhook, Page } from '@postrider/contracts';
import type { Answered } from '../edge/answered.js';
import { Handles, Input } from '../edge/handles.js';
import type { Call } from '../edge/operation.js';
import { PeerClient } from '../peers/peer.client.js';
import {
  CREATE_WEBHOOK, DELETE_WEBHOOK, EDIT_WEBHOOK, GET_WEBHOOK, LIST_ATTEMPTS, LIST_WEBHOOKS, ROTATE_SECRET, TEST_WEBHOOK,
} from './feedback-webhook-operations.js';
import { FeedbackWebhookService } from './feedback-webhook.service.js';

@Controller()
export class FeedbackWebhookController {
  constructor(
    private readonly webhooks: FeedbackWebhookService,
    private readonly notifier: PeerClient,
  ) {}

  @Handles(LIST_WEBHOOKS)
  list(@Input(LIST_WEBHOOKS) { principal, query }: Call<typeof LIST_WEBHOOKS>): Promise<Page<FeedbackWebhook>> {
    return this.webhooks.list(principal.tenantId, query);
  }

  @Handles(CREATE_WEBHOOK)
  create(@Input(CREATE_WEBHOOK) { principal, body }: Call<typeof CREATE_WEBHOOK>): Promise<Answered> {
    return this.webhooks.create(principal.tenantId, body);
  }

  @Handles(GET_WEBHOOK)
  get(@Input(GET_WEBHOOK) { principal, params }: Call<typeof GET_WEBHOOK>): Promise<Answered> {
    return this.webhooks.get(principal.tenantId, params.id);
  }

  @Handles(EDIT_WEBHOOK)
  edit(@Input(EDIT_WEBHOOK) { principal, params, body, revision }: Call<typeof EDIT_WEBHOOK>): Promise<Answered> {
    return this.webhooks.edit(principal.tenantId, params.id, body, revision);
  }

  @Handles(DELETE_WEBHOOK)
  remove(@Input(DELETE_WEBHOOK) { principal, params }: Call<typeof DELETE_WEBHOOK>): Promise<void> {
    return this.webhooks.remove(principal.tenantId, params.id);
  }

  @Handles(ROTATE_SECRET)
  rotate(@Input(ROTATE_SECRET) { principal, params }: Call<typeof ROTATE_SECRET>): Promise<Answered> {
    return this.webhooks.rotate(principal.tenantId, params.id);
  }

  @Handles(TEST_WEBHOOK)
  async test(@Input(TEST_WEBHOOK) { principal, params }: Call<typeof TEST_WEBHOOK>): Promise<unknown> {
    const { id, tenantId } = await this.webhooks.find(principal.tenantId, params.id);
    return (await this.notifier.call({ method: 'POST', path: `/internal/endpoints/${id}/test`, query: { tenantId } })).body;
  }

  @Handles(LIST_ATTEMPTS)
  async attempts(@Input(LIST_ATTEMPTS) { principal, params, query }: Call<typeof LIST_ATTEMPTS>): Promise<unknown> {
    const { id, tenantId } = await this.webhooks.find(principal.tenantId, params.id);
    return (await this.notifier.call({ method: 'GET', path: `/internal/endpoints/${id}/attempts`, query: { ...query, tenantId } })).body;
  }
}
