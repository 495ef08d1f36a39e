import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Others see in `execution_status` whether an execution is held. */
export class ShowPauses1767398500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(viewWith('EXISTS (SELECT FROM pauses p WHERE p.execution_id = t.execution_id)'));
  }

  /** The view keeps its last column: other services' views stand on it. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(viewWith('false'));
  }
}

const viewWith = (paused: string): string => `
  CREATE OR REPLACE VIEW execution_status AS
  SELECT execution_id, tenant_id, campaign_id, request_id, targeted, sent, failed, excluded, expired,
         cancelled + coalesce(unresolved, 0) AS cancelled, unknown,
         targeted - sent - failed - excluded - expired - cancelled - coalesce(unresolved, 0) - unknown AS pending, accepted_at, completed_at,
         coalesce(unresolved, 0) AS unresolved, ${paused} AS paused
  FROM tallies t`;
