import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AudienceDefinition, AudienceSource, Composition, RuleGroup } from '@postrider/contracts';

/** An audience as an administrator defined it; its members are audience-resolver's. */
@Entity({ name: 'audiences' })
@Index('audiences_by_tenant', ['tenantId', 'id'])
@Index('audiences_published_compositions', ['tenantId'], { where: "source = 'composition' AND published" })
export class AudienceRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  description!: string;

  @Column({ type: 'text' })
  source!: AudienceSource;

  /** Segments only. */
  @Column({ type: 'jsonb', nullable: true })
  rules!: RuleGroup | null;

  /** Compositions only. */
  @Column({ type: 'jsonb', nullable: true })
  composition!: Composition | null;

  /** The audiences that the composition names. */
  @Column({ type: 'uuid', array: true })
  parts!: string[];

  @Column({ name: 'evaluation_schedule', type: 'jsonb', nullable: true })
  evaluationSchedule!: AudienceDefinition['evaluationSchedule'];

  @Column({ type: 'boolean' })
  published!: boolean;

  @Column({ type: 'integer' })
  revision!: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
