import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One accepted call, or one that was stored and not yet published. */
@Entity({ name: 'executions', schema: 'ingest' })
@Index('executions_request', ['tenantId', 'requestId'])
@Index('executions_created', ['createdAt'])
@Index('executions_tenant', { synchronize: false })
export class ExecutionEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'campaign_id', type: 'text' })
  campaignId!: string;

  @Column({ name: 'campaign_version_id', type: 'text' })
  campaignVersionId!: string;

  @Column({ name: 'request_id', type: 'text' })
  requestId!: string;

  /** SHA-256 of the body in canonical form. */
  @Column({ name: 'body_hash', type: 'bytea' })
  bodyHash!: Buffer;

  /** What the call was answered with, and is answered with again: kept as text, so that every answer has the same bytes. */
  @Column({ name: 'answer', type: 'json' })
  answer!: object;

  @Column({ name: 'namespace', type: 'text' })
  namespace!: string;

  @Column({ name: 'targeted', type: 'integer' })
  targeted!: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** The API key that called. */
  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  /** When the log was known to have it; null until then. */
  @Column({ name: 'published_at', type: 'timestamptz', nullable: true })
  publishedAt!: Date | null;
}
