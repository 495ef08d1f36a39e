import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUploads1767398600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Its counts change with every batch: room for heap-only updates.
    await runner.query(`
      CREATE TABLE uploads (
        upload_id uuid PRIMARY KEY,
        evaluation_id uuid NOT NULL,
        audience_id text NOT NULL,
        tenant_id text NOT NULL,
        status text NOT NULL,
        bytes bigint NOT NULL,
        total_bytes bigint,
        rows bigint NOT NULL,
        members integer NOT NULL,
        profiles_created bigint NOT NULL,
        duplicates bigint NOT NULL,
        failed_rows bigint NOT NULL,
        error text,
        started_at timestamptz NOT NULL,
        completed_at timestamptz,
        leased_until timestamptz NOT NULL
      ) WITH (fillfactor = 50)`);
    await runner.query(`CREATE INDEX uploads_running ON uploads (upload_id) WHERE status = 'Running'`);
    await runner.query('CREATE INDEX uploads_completed ON uploads (completed_at)');
    await runner.query(`
      CREATE TABLE upload_errors (
        upload_id uuid NOT NULL REFERENCES uploads (upload_id) ON DELETE CASCADE,
        line bigint NOT NULL,
        column_name text NOT NULL,
        code text NOT NULL,
        message text NOT NULL,
        PRIMARY KEY (upload_id, line)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE upload_errors');
    await runner.query('DROP TABLE uploads');
  }
}
