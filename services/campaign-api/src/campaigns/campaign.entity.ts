import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CampaignKind, CampaignStatus, Throughput } from '@postrider/contracts';

/** A campaign as a whole: its state, and which of its versions is live and which is being edited. */
@Entity({ name: 'campaigns' })
@Index('campaigns_by_tenant', ['tenantId', 'id'])
@Index('campaigns_to_start', ['startAt'], { where: "status = 'Scheduled'" })
@Index('campaigns_to_end', ['endAt'], { where: "status IN ('Scheduled', 'Live')" })
@Index('campaigns_to_complete', ['completesAt'], { where: "status IN ('Scheduled', 'Live')" })
export class CampaignRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  description!: string;

  @Column({ type: 'text', array: true })
  tags!: string[];

  @Column({ type: 'text' })
  kind!: CampaignKind;

  @Column({ type: 'text' })
  status!: CampaignStatus;

  /** Of the live version; of the draft before the first activation. */
  @Column({ type: 'text' })
  throughput!: Throughput;

  /** Of the live version; of the draft before the first activation. */
  @Column({ name: 'start_at', type: 'timestamptz', nullable: true })
  startAt!: Date | null;

  /** Of the live version; of the draft before the first activation. */
  @Column({ name: 'end_at', type: 'timestamptz', nullable: true })
  endAt!: Date | null;

  /** When an activated marketing campaign without an end of its own is over. */
  @Column({ name: 'completes_at', type: 'timestamptz', nullable: true })
  completesAt!: Date | null;

  @Column({ name: 'live_version_id', type: 'uuid', nullable: true })
  liveVersionId!: string | null;

  @Column({ name: 'draft_version_id', type: 'uuid', nullable: true })
  draftVersionId!: string | null;

  @Column({ type: 'integer' })
  revision!: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
