import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The totals of an execution, kept in the transaction that changes its messages. */
@Entity({ name: 'tallies', schema: 'delivery' })
export class TallyEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'campaign_id', type: 'text' })
  campaignId!: string;

  @Column({ name: 'request_id', type: 'text' })
  requestId!: string;

  @Column({ name: 'targeted', type: 'integer', nullable: true })
  targeted!: number | null;

  @Column({ name: 'sent', type: 'integer', default: 0 })
  sent!: number;

  @Column({ name: 'failed', type: 'integer', default: 0 })
  failed!: number;

  @Column({ name: 'excluded', type: 'integer', default: 0 })
  excluded!: number;

  @Column({ name: 'expired', type: 'integer', default: 0 })
  expired!: number;

  @Column({ name: 'cancelled', type: 'integer', default: 0 })
  cancelled!: number;

  @Column({ name: 'unknown', type: 'integer', default: 0 })
  unknown!: number;

  /** Recipients that it never came to because it was cut short; null when it was not. */
  @Column({ name: 'unresolved', type: 'integer', nullable: true })
  unresolved!: number | null;

  @Column({ name: 'accepted_at', type: 'timestamptz' })
  acceptedAt!: Date;

  @Column({ name: 'completed_at', type: 'timestamptz', nullable: true })
  completedAt!: Date | null;
}
