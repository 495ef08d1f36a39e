import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateProfiles1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE profiles (
        id uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        dataset text NOT NULL,
        attributes jsonb NOT NULL,
        consents jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      )`);
    // Compared byte by byte: identities are opaque, and the index is smaller and faster so.
    await runner.query(`
      CREATE TABLE identities (
        tenant_id text COLLATE "C" NOT NULL,
        namespace text COLLATE "C" NOT NULL,
        value text COLLATE "C" NOT NULL,
        profile_id uuid NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
        PRIMARY KEY (tenant_id, namespace, value)
      )`);
    await runner.query('CREATE INDEX identities_profile ON identities (profile_id)');
    await runner.query('CREATE VIEW known_identity AS SELECT tenant_id, namespace, value FROM identities');
    await runner.query('GRANT USAGE ON SCHEMA profiles TO postrider_ingest, postrider_campaigns');
    await runner.query('GRANT SELECT ON known_identity TO postrider_ingest, postrider_campaigns');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE USAGE ON SCHEMA profiles FROM postrider_ingest, postrider_campaigns');
    await runner.query('DROP VIEW known_identity');
    await runner.query('DROP TABLE identities');
    await runner.query('DROP TABLE profiles');
  }
}
