import type { ClassList } from '@postrider/database';
import { ApiKeyRow } from './access/api-key.entity.js';
import { CampaignVersionRow } from './campaigns/campaign-version.entity.js';
import { CampaignRow } from './campaigns/campaign.entity.js';
import { ChannelConfigurationRow } from './channel-configurations/channel-configuration.entity.js';
import { FeedbackWebhookRow } from './feedback-webhooks/feedback-webhook.entity.js';
import { CreateConfiguration1767225600000 } from './migrations/1767225600000-create-configuration.js';
import { NamespaceRow } from './namespaces/namespace.entity.js';
import { OutboxEntry } from './outbox/outbox-entry.entity.js';
import { SandboxRow } from './sandboxes/sandbox.entity.js';

export const schema = 'campaigns';
export const entities: ClassList = [
  SandboxRow, ApiKeyRow, NamespaceRow, ChannelConfigurationRow, CampaignRow, CampaignVersionRow, FeedbackWebhookRow, OutboxEntry,
];
export const migrations: ClassList = [CreateConfiguration1767225600000];
