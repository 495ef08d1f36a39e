import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Who was in an audience at one moment: evaluated, or uploaded. Never changes once it is Completed. */
@Entity({ name: 'evaluations', schema: 'audiences' })
@Index('evaluations_running', { synchronize: false })
@Index('evaluations_history', ['tenantId', 'audienceId', 'evaluationId'])
@Index('evaluations_completed', { synchronize: false })
@Index('evaluations_stale', { synchronize: false })
export class EvaluationEntity {
  /** UUIDv7, so that ids are in the order of time. */
  @PrimaryColumn({ name: 'evaluation_id', type: 'uuid' })
  evaluationId!: string;

  @Column({ name: 'audience_id', type: 'text' })
  audienceId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'status', type: 'text' })
  status!: 'Running' | 'Completed' | 'Failed';

  /** Members. */
  @Column({ name: 'size', type: 'integer' })
  size!: number;

  /** Why it failed, as a sentence. */
  @Column({ name: 'error', type: 'text', nullable: true })
  error!: string | null;

  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt!: Date;

  /** Also of a failed one. */
  @Column({ name: 'completed_at', type: 'timestamptz', nullable: true })
  completedAt!: Date | null;

  /** An upload looks after its own row; every other one belongs to the worker, and an audience has one of them at a time. */
  @Column({ name: 'is_upload', type: 'boolean' })
  isUpload!: boolean;

  /** Of the audience's definition that was asked for, at least; 0 where any would do. */
  @Column({ name: 'revision', type: 'integer', default: 0 })
  revision!: number;

  /** False when its members were deleted, long after it was the last one. */
  @Column({ name: 'has_members', type: 'boolean' })
  hasMembers!: boolean;
}
