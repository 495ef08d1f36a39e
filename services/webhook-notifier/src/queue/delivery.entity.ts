import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** `pending` until it was taken; `given-up` after the last try; `abandoned` with its endpoint, or when too old. */
export type DeliveryState = 'pending' | 'delivered' | 'given-up' | 'abandoned';

/** One status of one message for one endpoint; its id is the `webhook-id`. */
@Entity('deliveries')
@Index('deliveries_due', ['endpointId', 'dueAt'], { where: `state = 'pending' AND claimed_by IS NULL` })
@Index('deliveries_order', ['endpointId', 'messageId', 'sequence'], { where: `state = 'pending'` })
@Index('deliveries_claimed', ['claimedBy'], { where: `state = 'pending' AND claimed_by IS NOT NULL` })
@Index('deliveries_finished', ['finishedAt'], { where: 'finished_at IS NOT NULL' })
export class DeliveryEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'deliveries_pkey' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'endpoint_id', type: 'text' })
  endpointId!: string;

  @Column({ name: 'message_id', type: 'text' })
  messageId!: string;

  @Column({ type: 'integer' })
  sequence!: number;

  /** The bytes that are signed and sent, on every try. */
  @Column({ type: 'text' })
  body!: string;

  @Column({ type: 'text', default: 'pending' })
  state!: DeliveryState;

  /** Tries spent of the schedule. */
  @Column({ type: 'smallint', default: 0 })
  attempts!: number;

  /** Calls made, also those that the endpoint put off. */
  @Column({ type: 'integer', default: 0 })
  calls!: number;

  @Column({ name: 'due_at', type: 'timestamptz', default: () => 'now()' })
  dueAt!: Date;

  /** The worker in whose hands it is. */
  @Column({ name: 'claimed_by', type: 'uuid', nullable: true })
  claimedBy!: string | null;

  @Column({ name: 'occurred_at', type: 'timestamptz' })
  occurredAt!: Date;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
