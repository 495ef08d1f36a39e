import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What audience-resolver chooses members by: two views, and the indexes that its rules use. */
export class ShareWithAudiences1767398400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `=` and `in` on an attribute are asked as `attributes @> …`.
    await runner.query('CREATE INDEX profiles_attributes ON profiles USING gin (attributes jsonb_path_ops)');
    await runner.query('CREATE INDEX profiles_tenant ON profiles (tenant_id, id)');
    await runner.query(`
      CREATE VIEW audience_profile AS
      SELECT id AS profile_id, tenant_id, dataset, attributes, consents, created_at, updated_at FROM profiles`);
    await runner.query('CREATE VIEW audience_identity AS SELECT tenant_id, namespace, value, profile_id FROM identities');
    await runner.query('GRANT USAGE ON SCHEMA profiles TO postrider_audiences');
    await runner.query('GRANT SELECT ON audience_profile, audience_identity TO postrider_audiences');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE USAGE ON SCHEMA profiles FROM postrider_audiences');
    await runner.query('DROP VIEW audience_identity');
    await runner.query('DROP VIEW audience_profile');
    await runner.query('DROP INDEX profiles_tenant');
    await runner.query('DROP INDEX profiles_attributes');
  }
}
