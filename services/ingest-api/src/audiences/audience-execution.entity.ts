import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What only an execution of an audience has, beside its row in `executions`. */
@Entity({ name: 'audience_executions', schema: 'ingest' })
export class AudienceExecutionEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'audience_id', type: 'text' })
  audienceId!: string;

  /** One for all recipients: stored once, and read by the dispatcher through `shared_context`. */
  @Column({ name: 'context', type: 'json', nullable: true })
  context!: object | null;
}
