import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An address that a provider said does not exist: nothing is sent to it. */
@Entity({ name: 'suppressions', schema: 'delivery' })
export class SuppressionEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @PrimaryColumn({ name: 'channel', type: 'text' })
  channel!: string;

  @PrimaryColumn({ name: 'address', type: 'text' })
  address!: string;

  @Column({ name: 'code', type: 'text' })
  code!: string;

  @Column({ name: 'reason', type: 'text' })
  reason!: string;

  @Column({ name: 'suppressed_at', type: 'timestamptz' })
  suppressedAt!: Date;
}
