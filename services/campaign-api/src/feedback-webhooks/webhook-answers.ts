import type { FeedbackWebhook, WebhookEndpoint } from '@postrider/contracts';
import type { FeedbackWebhookRow } from './feedback-webhook.entity.js';

const AUTHENTICATION = { type: 'none' } as const;

export function webhookOf(row: FeedbackWebhookRow): FeedbackWebhook {
  return {
    id: row.id,
    name: row.name,
    channels: row.channels,
    url: row.url,
    authentication: AUTHENTICATION,
    headerNames: row.headerNames,
    enabled: row.enabled,
    secrets: row.sealedSecrets.length,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What webhook-notifier needs to know. */
export function configurationOfWebhook(row: FeedbackWebhookRow): WebhookEndpoint {
  return {
    kind: 'webhook-endpoint',
    id: row.id,
    tenantId: row.tenantId,
    name: row.name,
    channels: row.channels,
    url: row.url,
    authentication: AUTHENTICATION,
    sealedHeaders: row.sealedHeaders,
    sealedSecrets: row.sealedSecrets,
    enabled: row.enabled,
  };
}
