import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One profile in one evaluation. */
@Entity({ name: 'members', schema: 'audiences' })
export class MemberEntity {
  @PrimaryColumn({ name: 'evaluation_id', type: 'uuid' })
  evaluationId!: string;

  /** See `bucketOf`: 0 to 1023. */
  @PrimaryColumn({ name: 'bucket', type: 'smallint' })
  bucket!: number;

  @PrimaryColumn({ name: 'profile_id', type: 'uuid' })
  profileId!: string;

  /** Of this membership: columns of an upload, enrichment of a composition. */
  @Column({ name: 'attributes', type: 'jsonb', nullable: true })
  attributes!: Record<string, unknown> | null;
}
