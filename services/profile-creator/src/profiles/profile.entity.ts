import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A person: attributes, consents, and the dataset it came from. */
@Entity({ name: 'profiles', schema: 'profiles' })
@Index('profiles_attributes', { synchronize: false })
@Index('profiles_tenant', ['tenantId', 'id'])
export class ProfileEntity {
  /** UUIDv7. */
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'dataset', type: 'text' })
  dataset!: string;

  @Column({ name: 'attributes', type: 'jsonb' })
  attributes!: Record<string, unknown>;

  /** Channel to `y` or `n`. */
  @Column({ name: 'consents', type: 'jsonb' })
  consents!: Record<string, 'y' | 'n'>;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
