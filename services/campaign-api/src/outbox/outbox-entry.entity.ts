import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Configuration, ConfigurationKind } from '@postrider/contracts';

/** The last state of one configured thing, and whether the topic has it. */
@Entity({ name: 'outbox' })
@Index('outbox_unpublished', ['sequence'], { where: 'published_at IS NULL' })
export class OutboxEntry {
  @PrimaryColumn({ type: 'text' })
  kind!: ConfigurationKind;

  @PrimaryColumn({ name: 'configuration_id', type: 'text' })
  configurationId!: string;

  /** Null when the thing is gone: a tombstone. */
  @Column({ type: 'jsonb', nullable: true })
  payload!: Configuration | null;

  /** Grows with every change: the order in which changes are published. */
  @Column({ type: 'bigint' })
  sequence!: string;

  @Column({ name: 'changed_at', type: 'timestamptz' })
  changedAt!: Date;

  @Column({ name: 'published_at', type: 'timestamptz', nullable: true })
  publishedAt!: Date | null;
}
