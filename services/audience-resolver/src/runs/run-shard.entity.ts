import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A range of buckets of an unfinished run, how far it came, and who works on it. */
@Entity({ name: 'run_shards', schema: 'audiences' })
export class RunShardEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @PrimaryColumn({ name: 'shard', type: 'smallint' })
  shard!: number;

  @Column({ name: 'last_bucket', type: 'smallint' })
  lastBucket!: number;

  /** The run's, so that one row lock decides between a page and a cancellation. */
  @Column({ name: 'state', type: 'text' })
  state!: 'Running' | 'Paused' | 'Cancelled' | 'Done';

  /** Everything up to here was published, and is counted. */
  @Column({ name: 'at_bucket', type: 'smallint' })
  atBucket!: number;

  @Column({ name: 'at_profile', type: 'uuid' })
  atProfile!: string;

  /** Everything up to here may have been published; null when nothing beyond the checkpoint was. */
  @Column({ name: 'publishing_bucket', type: 'smallint', nullable: true })
  publishingBucket!: number | null;

  @Column({ name: 'publishing_profile', type: 'uuid', nullable: true })
  publishingProfile!: string | null;

  @Column({ name: 'resolved', type: 'integer' })
  resolved!: number;

  @Column({ name: 'missing_identity', type: 'integer' })
  missingIdentity!: number;

  /** Of the worker that holds the lease. */
  @Column({ name: 'token', type: 'uuid', nullable: true })
  token!: string | null;

  @Column({ name: 'lease_until', type: 'timestamptz' })
  leaseUntil!: Date;

  /** The shard that waited longest is taken next. */
  @Column({ name: 'served_at', type: 'timestamptz' })
  servedAt!: Date;
}
