import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One value in a namespace; it belongs to exactly one profile of its tenant. */
@Entity({ name: 'identities', schema: 'profiles' })
@Index('identities_person', ['profileId', 'namespace', 'tenantId', 'value'])
export class IdentityEntity {
  @PrimaryColumn({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  /** In lower case. */
  @PrimaryColumn({ name: 'namespace', type: 'text' })
  namespace!: string;

  /** Normalised. */
  @PrimaryColumn({ name: 'value', type: 'text' })
  value!: string;

  @Column({ name: 'profile_id', type: 'uuid' })
  profileId!: string;
}
