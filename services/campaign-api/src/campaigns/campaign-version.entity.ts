import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Channel, EmailContent, JsonObject, Throughput, UnknownOutcome, UnknownProfiles } from '@postrider/contracts';

/** What a campaign sends. Edited while it is a draft, never changed once activated. */
@Entity({ name: 'campaign_versions' })
@Index('campaign_versions_number', ['campaignId', 'version'], { unique: true })
@Index('campaign_versions_by_channel_configuration', ['channelConfigurationId'])
@Index('campaign_versions_by_audience', ['audienceId'])
export class CampaignVersionRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'campaign_id', type: 'uuid' })
  campaignId!: string;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'text' })
  throughput!: Throughput;

  @Column({ type: 'text' })
  channel!: Channel;

  @Column({ name: 'channel_configuration_id', type: 'text', nullable: true })
  channelConfigurationId!: string | null;

  @Column({ type: 'jsonb' })
  content!: EmailContent;

  /** Marketing campaigns only. */
  @Column({ name: 'audience_id', type: 'text', nullable: true })
  audienceId!: string | null;

  @Column({ name: 'identity_type', type: 'text' })
  identityType!: string;

  @Column({ name: 'unknown_profiles', type: 'text' })
  unknownProfiles!: UnknownProfiles;

  @Column({ name: 'enable_webhooks', type: 'boolean' })
  enableWebhooks!: boolean;

  @Column({ name: 'unknown_outcome', type: 'text' })
  unknownOutcome!: UnknownOutcome;

  @Column({ name: 'message_lifetime_seconds', type: 'integer' })
  messageLifetimeSeconds!: number;

  /** Marketing campaigns only; null for as fast as can be. */
  @Column({ name: 'send_rate_per_second', type: 'integer', nullable: true })
  sendRatePerSecond!: number | null;

  /** Null to have it inferred from the content. */
  @Column({ name: 'context_schema', type: 'jsonb', nullable: true })
  contextSchema!: JsonObject | null;

  @Column({ name: 'start_at', type: 'timestamptz', nullable: true })
  startAt!: Date | null;

  @Column({ name: 'end_at', type: 'timestamptz', nullable: true })
  endAt!: Date | null;

  @Column({ name: 'time_zone', type: 'text' })
  timeZone!: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  /** Null while it is a draft. */
  @Column({ name: 'activated_at', type: 'timestamptz', nullable: true })
  activatedAt!: Date | null;
}
