import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'baseline_delivery' })
export class Delivery {
  @PrimaryColumn({ type: 'text', name: 'message_id' })
  messageId!: string;

  @Column({ type: 'text', name: 'request_id' })
  requestId!: string;

  @Column({ type: 'text', name: 'user_id' })
  userId!: string;

  @Column({ type: 'text' })
  state!: string;
}

@Entity({ name: 'baseline_profile' })
export class Profile {
  @PrimaryColumn({ type: 'text', name: 'user_id' })
  userId!: string;

  @Column({ type: 'jsonb' })
  attributes!: Record<string, unknown>;
}
