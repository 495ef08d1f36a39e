import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A running process that has deliveries in its hands; its claims end with its row. */
@Entity('workers')
export class WorkerEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'workers_pkey' })
  id!: string;

  @Column({ name: 'alive_until', type: 'timestamptz' })
  aliveUntil!: Date;
}
