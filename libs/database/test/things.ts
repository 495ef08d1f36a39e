import { Check, Column, Entity, Index, PrimaryColumn, Unique, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { ServiceSchema } from '../src/index.js';

@Entity({ schema: 'things', name: 'thing' })
@Unique('uq_thing_name', ['name'])
@Index('ix_thing_kind_size', ['kind', 'size'])
@Index('ix_thing_lower_name', { synchronize: false })
@Check('ck_thing_size', 'size >= 0')
export class Thing {
  @PrimaryColumn({ type: 'uuid' }) id!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'varchar', length: 8 }) kind!: string;
  @Column({ type: 'int' }) size!: number;
  @Column({ type: 'jsonb', nullable: true }) extra!: { of: string } | null;
  @Column({ type: 'text', array: true }) tags!: string[];
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt!: Date;
}

class CreateThing implements MigrationInterface {
  readonly name = 'CreateThing1767225600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE thing (
      id uuid PRIMARY KEY, name text NOT NULL CONSTRAINT uq_thing_name UNIQUE, kind varchar(8) NOT NULL,
      size int NOT NULL CONSTRAINT ck_thing_size CHECK (size >= 0), extra jsonb, tags text[] NOT NULL, created_at timestamptz NOT NULL)`);
    await runner.query('CREATE INDEX ix_thing_kind_size ON thing (kind, size)');
    await runner.query('CREATE INDEX ix_thing_lower_name ON thing (lower(name))');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE thing');
  }
}

class GrantThings implements MigrationInterface {
  readonly name = 'GrantThings1767225600001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE VIEW known_thing AS SELECT id, name FROM thing');
    await runner.query('GRANT USAGE ON SCHEMA things TO postrider_readers');
    await runner.query('GRANT SELECT ON known_thing TO postrider_readers');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW known_thing');
  }
}

export class FailHalfway implements MigrationInterface {
  readonly name = 'FailHalfway1767225600002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half (id int)');
    await runner.query('SELECT no_such_function()');
  }

  async down(): Promise<void> {
    // Nothing of it ever stays.
  }
}

export const THINGS: ServiceSchema = { schema: 'things', entities: [Thing], migrations: [CreateThing, GrantThings] };
export const READERS: ServiceSchema = { schema: 'readers', entities: [], migrations: [] };

/** What every role of these specs logs in with. */
export const PASSWORD = 'things-and-readers';

/** The same database as another role. */
export function urlAs(adminUrl: string, role: string): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = PASSWORD;
  return url.href;
}
