import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A message that waits for its next try, or for the permission to begin, with everything that the try needs. */
@Entity({ name: 'retries', schema: 'delivery' })
@Index('retries_due', ['dueAt'], { where: 'NOT parked' })
@Index('retries_waiting', ['campaignId', 'executionId'], { where: 'NOT parked' })
@Index('retries_parked', ['campaignId', 'executionId', 'messageId'], { where: 'parked' })
export class RetryEntity {
  @PrimaryColumn({ name: 'message_id', type: 'uuid' })
  messageId!: string;

  @Column({ name: 'campaign_id', type: 'text' })
  campaignId!: string;

  @Column({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'due_at', type: 'timestamptz' })
  dueAt!: Date;

  /** It waits for its turn at a send rate, or for the end of a pause, and not for its time. */
  @Column({ name: 'parked', type: 'boolean', default: false })
  parked!: boolean;

  @Column({ name: 'payload', type: 'jsonb' })
  payload!: object;
}
