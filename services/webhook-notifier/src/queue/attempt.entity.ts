import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { WebhookCallOutcome } from '@postrider/contracts';

/** One call of an endpoint, as it ended. */
@Entity('attempts')
@Index('attempts_of_endpoint', ['endpointId', 'id'])
@Index('attempts_started', ['startedAt'])
export class AttemptEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS', primaryKeyConstraintName: 'attempts_pkey' })
  id!: string;

  @Column({ name: 'endpoint_id', type: 'text' })
  endpointId!: string;

  @Column({ name: 'webhook_id', type: 'uuid' })
  webhookId!: string;

  /** Null for a test. */
  @Column({ name: 'message_id', type: 'text', nullable: true })
  messageId!: string | null;

  @Column({ type: 'integer', nullable: true })
  sequence!: number | null;

  @Column({ type: 'integer' })
  number!: number;

  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt!: Date;

  @Column({ name: 'duration_millis', type: 'integer' })
  durationMillis!: number;

  @Column({ type: 'text' })
  outcome!: WebhookCallOutcome;

  @Column({ name: 'status_code', type: 'smallint', nullable: true })
  statusCode!: number | null;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ type: 'text', nullable: true })
  answer!: string | null;
}
