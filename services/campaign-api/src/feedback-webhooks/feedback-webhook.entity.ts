import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Channel } from '@postrider/contracts';

/** An endpoint that is told about delivery statuses. Headers and secrets are sealed. */
@Entity({ name: 'feedback_webhooks' })
@Index('feedback_webhooks_by_tenant', ['tenantId', 'id'])
export class FeedbackWebhookRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', array: true })
  channels!: Channel[];

  @Column({ type: 'text' })
  url!: string;

  @Column({ name: 'header_names', type: 'text', array: true })
  headerNames!: string[];

  /** JSON object of names and values. */
  @Column({ name: 'sealed_headers', type: 'text' })
  sealedHeaders!: string;

  /** Newest first; two during a rotation. */
  @Column({ name: 'sealed_secrets', type: 'text', array: true })
  sealedSecrets!: string[];

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @Column({ type: 'integer' })
  revision!: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
