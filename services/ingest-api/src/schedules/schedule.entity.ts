import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A call that is carried out at a later time. */
@Entity({ name: 'schedules', schema: 'ingest' })
@Index('schedules_execution', ['executionId'], { unique: true })
@Index('schedules_due', { synchronize: false })
@Index('schedules_tenant', { synchronize: false })
@Index('schedules_campaign', { synchronize: false })
export class ScheduleEntity {
  @PrimaryColumn({ name: 'schedule_id', type: 'text' })
  scheduleId!: string;

  /** Which execution it becomes: its id follows from the call, so it is known before. */
  @Column({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'campaign_id', type: 'text' })
  campaignId!: string;

  @Column({ name: 'request_id', type: 'text' })
  requestId!: string;

  /** `unitary`, `highthroughput` or `audience`. */
  @Column({ name: 'kind', type: 'text' })
  kind!: string;

  /** The call, as it came. */
  @Column({ name: 'body', type: 'json' })
  body!: object;

  /** SHA-256 of the body in canonical form. */
  @Column({ name: 'body_hash', type: 'bytea' })
  bodyHash!: Buffer;

  @Column({ name: 'audience_id', type: 'text', nullable: true })
  audienceId!: string | null;

  @Column({ name: 'execute_at', type: 'timestamptz' })
  executeAt!: Date;

  /** `Scheduled`, `Triggered`, `Missed` or `Refused`. */
  @Column({ name: 'status', type: 'text' })
  status!: string;

  /** Why there is no execution. */
  @Column({ name: 'code', type: 'text', nullable: true })
  code!: string | null;

  @Column({ name: 'detail', type: 'text', nullable: true })
  detail!: string | null;

  @Column({ name: 'triggered_at', type: 'timestamptz', nullable: true })
  triggeredAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  /** Of the process that carries it out; null until the first one does. */
  @Column({ name: 'lease_token', type: 'uuid', nullable: true })
  leaseToken!: string | null;

  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;
}
