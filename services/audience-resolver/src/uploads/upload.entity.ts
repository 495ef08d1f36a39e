import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A file that becomes an evaluation: how far it is, and what became of its rows. Whole numbers beyond 2^31 arrive as texts. */
@Entity({ name: 'uploads', schema: 'audiences' })
@Index('uploads_running', { synchronize: false })
@Index('uploads_completed', ['completedAt'])
export class UploadEntity {
  /** Chosen by the caller, or made here. */
  @PrimaryColumn({ name: 'upload_id', type: 'uuid' })
  uploadId!: string;

  @Column({ name: 'evaluation_id', type: 'uuid' })
  evaluationId!: string;

  @Column({ name: 'audience_id', type: 'text' })
  audienceId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'status', type: 'text' })
  status!: 'Running' | 'Completed' | 'Failed';

  /** Of the body so far. */
  @Column({ name: 'bytes', type: 'bigint' })
  bytes!: string;

  /** Of the whole body, where the sender said it. */
  @Column({ name: 'total_bytes', type: 'bigint', nullable: true })
  totalBytes!: string | null;

  /** Without the header line: members, duplicates and failed ones. */
  @Column({ name: 'rows', type: 'bigint' })
  rows!: string;

  @Column({ name: 'members', type: 'integer' })
  members!: number;

  @Column({ name: 'profiles_created', type: 'bigint' })
  profilesCreated!: string;

  /** Rows whose profile was among the members already. */
  @Column({ name: 'duplicates', type: 'bigint' })
  duplicates!: string;

  @Column({ name: 'failed_rows', type: 'bigint' })
  failedRows!: string;

  /** Why it failed, as a sentence. */
  @Column({ name: 'error', type: 'text', nullable: true })
  error!: string | null;

  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt!: Date;

  @Column({ name: 'completed_at', type: 'timestamptz', nullable: true })
  completedAt!: Date | null;

  /** The process that takes it is alive until then at least. */
  @Column({ name: 'leased_until', type: 'timestamptz' })
  leasedUntil!: Date;
}
