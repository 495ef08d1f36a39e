import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A tenant: one part of an organization, with everything of its own. */
@Entity({ name: 'sandboxes' })
@Index('sandboxes_tenant', ['tenantId'], { unique: true })
@Index('sandboxes_by_organization', ['orgId', 'name'])
export class SandboxRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'org_id', type: 'text' })
  orgId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ name: 'default_region', type: 'text' })
  defaultRegion!: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
