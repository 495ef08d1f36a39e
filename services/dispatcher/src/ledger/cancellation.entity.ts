import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An execution of which nothing more is sent. */
@Entity({ name: 'cancellations', schema: 'delivery' })
export class CancellationEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'text' })
  executionId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'cancelled_at', type: 'timestamptz' })
  cancelledAt!: Date;
}
