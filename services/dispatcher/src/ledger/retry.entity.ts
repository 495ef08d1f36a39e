import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A message that waits for its next try, with everything that the try needs. */
@Entity({ name: 'retries', schema: 'delivery' })
@Index('retries_due', ['dueAt'])
export class RetryEntity {
  @PrimaryColumn({ name: 'message_id', type: 'uuid' })
  messageId!: string;

  @Column({ name: 'campaign_id', type: 'text' })
  campaignId!: string;

  @Column({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'due_at', type: 'timestamptz' })
  dueAt!: Date;

  @Column({ name: 'payload', type: 'jsonb' })
  payload!: object;
}
