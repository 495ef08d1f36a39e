import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Shield } from '@postrider/contracts';

/** What holds for all sandboxes of an organization; made when it is first needed. */
@Entity({ name: 'organizations' })
export class OrganizationRow {
  @PrimaryColumn({ name: 'org_id', type: 'text' })
  orgId!: string;

  @Column({ type: 'text', array: true })
  shields!: Shield[];

  @Column({ type: 'integer' })
  revision!: number;
}
