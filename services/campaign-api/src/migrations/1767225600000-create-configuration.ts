import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `CREATE TABLE sandboxes (
     id uuid PRIMARY KEY,
     tenant_id text NOT NULL,
     org_id text NOT NULL,
     name text COLLATE "C" NOT NULL,
     default_region text NOT NULL,
     created_at timestamptz NOT NULL
   )`,
  'CREATE UNIQUE INDEX sandboxes_tenant ON sandboxes (tenant_id)',
  'CREATE INDEX sandboxes_by_organization ON sandboxes (org_id, name)',
  `CREATE TABLE api_keys (
     id text COLLATE "C" PRIMARY KEY,
     org_id text NOT NULL,
     name text NOT NULL,
     sandboxes text[] NOT NULL,
     scopes text[] NOT NULL,
     token_hash text NOT NULL,
     rate_per_second integer,
     created_at timestamptz NOT NULL,
     revoked_at timestamptz
   )`,
  'CREATE INDEX api_keys_by_organization ON api_keys (org_id, created_at, id)',
  `CREATE TABLE namespaces (
     tenant_id text NOT NULL,
     code text COLLATE "C" NOT NULL,
     symbol text NOT NULL,
     name text NOT NULL,
     type text NOT NULL,
     custom boolean NOT NULL,
     number integer,
     revision integer NOT NULL,
     created_at timestamptz NOT NULL,
     PRIMARY KEY (tenant_id, code)
   )`,
  `CREATE TABLE channel_configurations (
     id uuid PRIMARY KEY,
     tenant_id text NOT NULL,
     name text NOT NULL,
     channel text NOT NULL,
     category text NOT NULL,
     email jsonb NOT NULL,
     revision integer NOT NULL,
     created_at timestamptz NOT NULL,
     updated_at timestamptz NOT NULL
   )`,
  'CREATE INDEX channel_configurations_by_tenant ON channel_configurations (tenant_id, id)',
  `CREATE TABLE campaigns (
     id uuid PRIMARY KEY,
     tenant_id text NOT NULL,
     name text NOT NULL,
     description text NOT NULL,
     tags text[] NOT NULL,
     kind text NOT NULL,
     status text NOT NULL,
     throughput text NOT NULL,
     start_at timestamptz,
     end_at timestamptz,
     live_version_id uuid,
     draft_version_id uuid,
     revision integer NOT NULL,
     created_at timestamptz NOT NULL,
     created_by text NOT NULL,
     updated_at timestamptz NOT NULL
   )`,
  'CREATE INDEX campaigns_by_tenant ON campaigns (tenant_id, id)',
  `CREATE INDEX campaigns_to_start ON campaigns (start_at) WHERE status = 'Scheduled'`,
  `CREATE INDEX campaigns_to_end ON campaigns (end_at) WHERE status IN ('Scheduled', 'Live')`,
  `CREATE TABLE campaign_versions (
     id uuid PRIMARY KEY,
     tenant_id text NOT NULL,
     campaign_id uuid NOT NULL,
     version integer NOT NULL,
     throughput text NOT NULL,
     channel text NOT NULL,
     channel_configuration_id text,
     content jsonb NOT NULL,
     identity_type text NOT NULL,
     unknown_profiles text NOT NULL,
     enable_webhooks boolean NOT NULL,
     unknown_outcome text NOT NULL,
     message_lifetime_seconds integer NOT NULL,
     context_schema jsonb,
     start_at timestamptz,
     end_at timestamptz,
     time_zone text NOT NULL,
     created_at timestamptz NOT NULL,
     created_by text NOT NULL,
     activated_at timestamptz
   )`,
  'CREATE UNIQUE INDEX campaign_versions_number ON campaign_versions (campaign_id, version)',
  'CREATE INDEX campaign_versions_by_channel_configuration ON campaign_versions (channel_configuration_id)',
  `CREATE TABLE feedback_webhooks (
     id uuid PRIMARY KEY,
     tenant_id text NOT NULL,
     name text NOT NULL,
     channels text[] NOT NULL,
     url text NOT NULL,
     header_names text[] NOT NULL,
     sealed_headers text NOT NULL,
     sealed_secrets text[] NOT NULL,
     enabled boolean NOT NULL,
     revision integer NOT NULL,
     created_at timestamptz NOT NULL,
     updated_at timestamptz NOT NULL
   )`,
  'CREATE INDEX feedback_webhooks_by_tenant ON feedback_webhooks (tenant_id, id)',
  'CREATE SEQUENCE outbox_sequence',
  `CREATE TABLE outbox (
     kind text NOT NULL,
     configuration_id text NOT NULL,
     payload jsonb,
     sequence bigint NOT NULL,
     changed_at timestamptz NOT NULL,
     published_at timestamptz,
     PRIMARY KEY (kind, configuration_id)
   )`,
  'CREATE INDEX outbox_unpublished ON outbox (sequence) WHERE published_at IS NULL',
];

export class CreateConfiguration1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox, feedback_webhooks, campaign_versions, campaigns, channel_configurations, namespaces, api_keys, sandboxes');
    await runner.query('DROP SEQUENCE outbox_sequence');
  }
}
