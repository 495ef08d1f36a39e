import type { CampaignVersionRow } from '../src/campaigns/campaign-version.entity.js';

/** A version for specs, ready to be activated. */
export const aVersion = (changes: Partial<CampaignVersionRow> = {}): CampaignVersionRow => ({
  id: '0198f5a2-0000-7000-8000-000000000002',
  tenantId: 'acme/prod',
  campaignId: '0198f5a2-0000-7000-8000-000000000001',
  version: 1,
  throughput: 'standard',
  channel: 'email',
  channelConfigurationId: '0198f5a2-0000-7000-8000-000000000003',
  content: { subject: 'Order {{context.order}}', html: '<p>Hello</p>', text: '', listUnsubscribe: null },
  audienceId: null,
  sendRatePerSecond: null,
  identityType: 'email',
  unknownProfiles: 'refuse',
  enableWebhooks: false,
  unknownOutcome: 'never-twice',
  messageLifetimeSeconds: 86_400,
  contextSchema: null,
  startAt: null,
  endAt: null,
  timeZone: 'UTC',
  createdAt: new Date('2026-01-01'),
  createdBy: 'key',
  activatedAt: null,
  ...changes,
});
