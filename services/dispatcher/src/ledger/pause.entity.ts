import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An execution of which nothing is sent until it is resumed. */
@Entity({ name: 'pauses', schema: 'delivery' })
export class PauseEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'paused_at', type: 'timestamptz' })
  pausedAt!: Date;
}
