import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an endpoint asked for by its answers; no row means that it takes calls. */
@Entity('endpoint_conditions')
export class EndpointConditionEntity {
  @PrimaryColumn({ name: 'endpoint_id', type: 'text', primaryKeyConstraintName: 'endpoint_conditions_pkey' })
  endpointId!: string;

  @Column({ name: 'paused_until', type: 'timestamptz', nullable: true })
  pausedUntil!: Date | null;

  @Column({ name: 'stopped_at', type: 'timestamptz', nullable: true })
  stoppedAt!: Date | null;

  @Column({ name: 'stop_reason', type: 'text', nullable: true })
  stopReason!: 'gone' | 'disabled' | null;

  /** The endpoint's configuration when it stopped; another one starts it again. */
  @Column({ name: 'stopped_version', type: 'text', nullable: true })
  stoppedVersion!: string | null;
}
