import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CampaignKind, Channel, ChannelConfiguration } from '@postrider/contracts';

/** How messages of a channel leave: sender and provider. Secrets in it are sealed. */
@Entity({ name: 'channel_configurations' })
@Index('channel_configurations_by_tenant', ['tenantId', 'id'])
export class ChannelConfigurationRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  channel!: Channel;

  @Column({ type: 'text' })
  category!: CampaignKind;

  @Column({ type: 'jsonb' })
  email!: ChannelConfiguration['email'];

  @Column({ type: 'integer' })
  revision!: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
