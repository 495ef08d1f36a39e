import type { MigrationInterface, QueryRunner } from 'typeorm';

const READERS = 'postrider_campaigns, postrider_delivery';

export class CreateExecutions1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE executions (
        execution_id text COLLATE "C" PRIMARY KEY,
        tenant_id text COLLATE "C" NOT NULL,
        campaign_id text COLLATE "C" NOT NULL,
        campaign_version_id text NOT NULL,
        request_id text COLLATE "C" NOT NULL,
        body_hash bytea NOT NULL,
        answer json NOT NULL,
        namespace text NOT NULL,
        targeted integer NOT NULL,
        created_at timestamptz NOT NULL,
        created_by text NOT NULL,
        expires_at timestamptz NOT NULL,
        published_at timestamptz
      ) WITH (fillfactor = 90)`);
    await runner.query('CREATE INDEX executions_tenant ON executions (tenant_id, created_at DESC, execution_id DESC)');
    await runner.query('CREATE INDEX executions_request ON executions (tenant_id, request_id)');
    // What was never published was never accepted: nobody was told 202. After a minute it counts as abandoned.
    await runner.query(`
      CREATE VIEW execution_overview AS
      SELECT execution_id, tenant_id, campaign_id, campaign_version_id, request_id,
             CASE WHEN published_at IS NULL AND created_at < now() - interval '1 minute' THEN 'Abandoned' ELSE 'Accepted' END AS status,
             targeted, created_at, created_by, expires_at, published_at
      FROM executions`);
    await runner.query(`GRANT USAGE ON SCHEMA ingest TO ${READERS}`);
    await runner.query(`GRANT SELECT ON execution_overview TO ${READERS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`REVOKE USAGE ON SCHEMA ingest FROM ${READERS}`);
    await runner.query('DROP VIEW execution_overview');
    await runner.query('DROP TABLE executions');
  }
}
