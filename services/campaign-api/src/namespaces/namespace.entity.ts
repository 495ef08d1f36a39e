import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { NamespaceType } from '@postrider/contracts';

/** Where identities live; symbols are unique in a tenant without regard to case. */
@Entity({ name: 'namespaces' })
export class NamespaceRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  /** The symbol in lower case. */
  @PrimaryColumn({ type: 'text' })
  code!: string;

  @Column({ type: 'text' })
  symbol!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  type!: NamespaceType;

  @Column({ type: 'boolean' })
  custom!: boolean;

  /** Adobe's number of a standard one. */
  @Column({ type: 'integer', nullable: true })
  number!: number | null;

  @Column({ type: 'integer' })
  revision!: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
