import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When an audience is to be evaluated next. */
@Entity({ name: 'evaluation_schedules', schema: 'audiences' })
export class EvaluationScheduleEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @PrimaryColumn({ name: 'audience_id', type: 'text' })
  audienceId!: string;

  /** The expression that `due_at` follows from; another one begins anew. */
  @Column({ name: 'cron', type: 'text' })
  cron!: string;

  /** IANA name. */
  @Column({ name: 'time_zone', type: 'text' })
  timeZone!: string;

  @Column({ name: 'due_at', type: 'timestamptz' })
  dueAt!: Date;
}
