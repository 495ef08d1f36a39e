import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The ledger: what each recipient of each execution got. One row for ever, keyed by what it is about. */
@Entity({ name: 'messages', schema: 'delivery' })
@Index('messages_execution', ['executionId', 'messageId'])
@Index('messages_user', ['userId', 'tenantId'])
export class MessageEntity {
  @PrimaryColumn({ name: 'message_id', type: 'uuid' })
  messageId!: string;

  @Column({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'request_id', type: 'text' })
  requestId!: string;

  @Column({ name: 'campaign_id', type: 'text' })
  campaignId!: string;

  @Column({ name: 'campaign_version_id', type: 'text' })
  campaignVersionId!: string;

  @Column({ name: 'recipient_key', type: 'text' })
  recipientKey!: string;

  @Column({ name: 'channel', type: 'text' })
  channel!: string;

  @Column({ name: 'namespace', type: 'text' })
  namespace!: string;

  @Column({ name: 'user_id', type: 'text' })
  userId!: string;

  @Column({ name: 'address', type: 'text', nullable: true })
  address!: string | null;

  @Column({ name: 'profile_id', type: 'text', nullable: true })
  profileId!: string | null;

  @Column({ name: 'state', type: 'text' })
  state!: string;

  @Column({ name: 'sequence', type: 'integer' })
  sequence!: number;

  @Column({ name: 'attempts', type: 'integer' })
  attempts!: number;

  @Column({ name: 'attempt_token', type: 'uuid', nullable: true })
  attemptToken!: string | null;

  @Column({ name: 'code', type: 'text', nullable: true })
  code!: string | null;

  @Column({ name: 'reason', type: 'text', nullable: true })
  reason!: string | null;

  @Column({ name: 'failure', type: 'jsonb', nullable: true })
  failure!: object | null;

  @Column({ name: 'response_code', type: 'integer', nullable: true })
  responseCode!: number | null;

  @Column({ name: 'response_ms', type: 'integer', nullable: true })
  responseMs!: number | null;

  @Column({ name: 'accepted_at', type: 'timestamptz' })
  acceptedAt!: Date;

  @Column({ name: 'ready_at', type: 'timestamptz', nullable: true })
  readyAt!: Date | null;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ name: 'sending_at', type: 'timestamptz', nullable: true })
  sendingAt!: Date | null;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
