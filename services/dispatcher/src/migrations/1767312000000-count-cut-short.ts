import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = 'execution_id, tenant_id, campaign_id, request_id, targeted, sent, failed, excluded, expired';

/** Recipients that an execution never came to, because it was cut short: they count as cancelled. */
export class CountCutShort1767312000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE tallies ADD COLUMN unresolved integer');
    await runner.query(`
      CREATE OR REPLACE VIEW execution_status AS
      SELECT ${COLUMNS}, cancelled + coalesce(unresolved, 0) AS cancelled, unknown,
             targeted - sent - failed - excluded - expired - cancelled - coalesce(unresolved, 0) - unknown AS pending, accepted_at, completed_at,
             coalesce(unresolved, 0) AS unresolved
      FROM tallies`);
  }

  /** The view keeps its last column: other services' views stand on it. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE VIEW execution_status AS
      SELECT ${COLUMNS}, cancelled, unknown,
             targeted - sent - failed - excluded - expired - cancelled - unknown AS pending, accepted_at, completed_at, 0 AS unresolved
      FROM tallies`);
    await runner.query('ALTER TABLE tallies DROP COLUMN unresolved');
  }
}
