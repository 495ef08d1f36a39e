import type { ClassList } from '@postrider/database';
import { ApiKeyRow } from './access/api-key.entity.js';
import { AudienceRow } from './audiences/audience.entity.js';
import { CampaignVersionRow } from './campaigns/campaign-version.entity.js';
import { CampaignRow } from './campaigns/campaign.entity.js';
import { ChannelConfigurationRow } from './channel-configurations/channel-configuration.entity.js';
import { FeedbackWebhookRow } from './feedback-webhooks/feedback-webhook.entity.js';
import { CreateConfiguration1767225600000 } from './migrations/1767225600000-create-configuration.js';
import { AddMarketing1767312000000 } from './migrations/1767312000000-add-marketing.js';
import { NamespaceRow } from './namespaces/namespace.entity.js';
import { OutboxEntry } from './outbox/outbox-entry.entity.js';
import { OrganizationRow } from './sandboxes/organization.entity.js';
import { SandboxRow } from './sandboxes/sandbox.entity.js';

export const schema = 'campaigns';
export const entities: ClassList = [
  SandboxRow, ApiKeyRow, NamespaceRow, ChannelConfigurationRow, CampaignRow, CampaignVersionRow, FeedbackWebhookRow, OutboxEntry,
  OrganizationRow, AudienceRow,
];
export const migrations: ClassList = [CreateConfiguration1767225600000, AddMarketing1767312000000];
