import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An execution of which nothing more is sent. */
@Entity({ name: 'cancellations', schema: 'delivery' })
@Index('cancellations_at', ['cancelledAt'])
export class CancellationEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'cancelled_at', type: 'timestamptz' })
  cancelledAt!: Date;
}
