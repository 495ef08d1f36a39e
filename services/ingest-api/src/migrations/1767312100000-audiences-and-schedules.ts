import type { MigrationInterface, QueryRunner } from 'typeorm';

const READER = 'postrider_delivery';

/**
 * Executions of audiences keep beside their row what only they have. A schedule names the execution that it will be, so that
 * a requestId is one thing, whether it was carried out or is to come.
 */
export class AudiencesAndSchedules1767312100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audience_executions (
        execution_id text COLLATE "C" PRIMARY KEY,
        audience_id text NOT NULL,
        context json
      )`);
    await runner.query('CREATE VIEW shared_context AS SELECT execution_id, context FROM audience_executions WHERE context IS NOT NULL');
    await runner.query(`GRANT SELECT ON shared_context TO ${READER}`);
    await runner.query(`
      CREATE TABLE schedules (
        schedule_id text COLLATE "C" PRIMARY KEY,
        execution_id text COLLATE "C" NOT NULL,
        tenant_id text COLLATE "C" NOT NULL,
        campaign_id text COLLATE "C" NOT NULL,
        request_id text NOT NULL,
        kind text NOT NULL,
        body json NOT NULL,
        body_hash bytea NOT NULL,
        audience_id text,
        execute_at timestamptz NOT NULL,
        status text NOT NULL,
        code text,
        detail text,
        triggered_at timestamptz,
        created_at timestamptz NOT NULL,
        created_by text NOT NULL,
        lease_token uuid,
        lease_until timestamptz
      )`);
    await runner.query('CREATE UNIQUE INDEX schedules_execution ON schedules (execution_id)');
    await runner.query(`CREATE INDEX schedules_due ON schedules (execute_at) WHERE status = 'Scheduled'`);
    await runner.query('CREATE INDEX schedules_tenant ON schedules (tenant_id, execute_at DESC, schedule_id DESC)');
    await runner.query('CREATE INDEX schedules_campaign ON schedules (tenant_id, campaign_id, execute_at DESC, schedule_id DESC)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE schedules');
    await runner.query('DROP VIEW shared_context');
    await runner.query('DROP TABLE audience_executions');
  }
}
