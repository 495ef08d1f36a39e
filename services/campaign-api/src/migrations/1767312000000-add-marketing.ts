import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE organizations (
     org_id text PRIMARY KEY,
     shields text[] NOT NULL,
     revision integer NOT NULL
   )`,
  `CREATE TABLE audiences (
     id uuid PRIMARY KEY,
     tenant_id text NOT NULL,
     name text NOT NULL,
     description text NOT NULL,
     source text NOT NULL,
     rules jsonb,
     composition jsonb,
     parts uuid[] NOT NULL,
     evaluation_schedule jsonb,
     published boolean NOT NULL,
     revision integer NOT NULL,
     created_at timestamptz NOT NULL,
     created_by text NOT NULL,
     updated_at timestamptz NOT NULL
   )`,
  'CREATE INDEX audiences_by_tenant ON audiences (tenant_id, id)',
  `CREATE INDEX audiences_published_compositions ON audiences (tenant_id) WHERE source = 'composition' AND published`,
  'ALTER TABLE campaign_versions ADD COLUMN audience_id text, ADD COLUMN send_rate_per_second integer',
  'CREATE INDEX campaign_versions_by_audience ON campaign_versions (audience_id)',
  'ALTER TABLE campaigns ADD COLUMN completes_at timestamptz',
  `CREATE INDEX campaigns_to_complete ON campaigns (completes_at) WHERE status IN ('Scheduled', 'Live')`,
];

export class AddMarketing1767312000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE campaigns DROP COLUMN completes_at');
    await runner.query('ALTER TABLE campaign_versions DROP COLUMN audience_id, DROP COLUMN send_rate_per_second');
    await runner.query('DROP TABLE audiences, organizations');
  }
}
