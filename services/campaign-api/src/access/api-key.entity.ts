import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Scope } from '@postrider/contracts';

/** Credentials of an organization. A revoked one stays, so that what it did can be told. */
@Entity({ name: 'api_keys' })
@Index('api_keys_by_organization', ['orgId', 'createdAt', 'id'])
export class ApiKeyRow {
  /** What callers send as `x-api-key`. */
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ name: 'org_id', type: 'text' })
  orgId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', array: true })
  sandboxes!: string[];

  @Column({ type: 'text', array: true })
  scopes!: Scope[];

  @Column({ name: 'token_hash', type: 'text' })
  tokenHash!: string;

  @Column({ name: 'rate_per_second', type: 'integer', nullable: true })
  ratePerSecond!: number | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;
}
