import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A chunk of messages that a process sends, or tells of, now. Its token is what a record of their outcome must show. */
@Entity({ name: 'attempts', schema: 'delivery' })
@Index('attempts_lease', ['leaseUntil'])
export class AttemptEntity {
  @PrimaryColumn({ name: 'token', type: 'uuid' })
  token!: string;

  @Column({ name: 'lease_until', type: 'timestamptz' })
  leaseUntil!: Date;

  @Column({ name: 'message_ids', type: 'uuid', array: true })
  messageIds!: string[];
}
