import type { Run } from '@postrider/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AcceptedRun } from './accepted-run.js';

/** One accepted audience execution on its way to recipients. */
@Entity({ name: 'runs', schema: 'audiences' })
@Index('runs_unfinished', { synchronize: false })
@Index('runs_unannounced', { synchronize: false })
export class RunEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'audience_id', type: 'text' })
  audienceId!: string;

  @Column({ name: 'campaign_id', type: 'text' })
  campaignId!: string;

  /** What every message of the run carries. */
  @Column({ name: 'accepted', type: 'jsonb' })
  accepted!: AcceptedRun;

  @Column({ name: 'state', type: 'text' })
  state!: Run['state'];

  /** Whose members become recipients; chosen once. */
  @Column({ name: 'evaluation_id', type: 'uuid', nullable: true })
  evaluationId!: string | null;

  /** The one that was asked for because there was none. */
  @Column({ name: 'awaited_evaluation_id', type: 'uuid', nullable: true })
  awaitedEvaluationId!: string | null;

  @Column({ name: 'targeted', type: 'integer' })
  targeted!: number;

  /** Recipients and excluded ones together; kept by the shards until the run is finished. */
  @Column({ name: 'resolved', type: 'integer' })
  resolved!: number;

  @Column({ name: 'missing_identity', type: 'integer' })
  missingIdentity!: number;

  /** Whether `targeted` was published. */
  @Column({ name: 'announced', type: 'boolean' })
  announced!: boolean;

  @Column({ name: 'error', type: 'text', nullable: true })
  error!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** When nothing was left to do; its shards are gone since. */
  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
