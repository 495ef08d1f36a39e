import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A mark may be lost with its process: what the ledger has met was accepted all the same. It is asked only for the few rows
 * without a mark. The index finds the oldest execution that waits.
 */
export class AskTheLedger1767225700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(viewWhere('AND NOT EXISTS (SELECT 1 FROM delivery.execution_status s WHERE s.execution_id = e.execution_id)'));
    await runner.query('CREATE INDEX executions_created ON executions (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX executions_created');
    await runner.query(viewWhere(''));
  }
}

function viewWhere(ledgerDoesNotKnow: string): string {
  return `
    CREATE OR REPLACE VIEW execution_overview AS
    SELECT execution_id, tenant_id, campaign_id, campaign_version_id, request_id,
           CASE WHEN published_at IS NULL AND created_at < now() - interval '1 minute' ${ledgerDoesNotKnow}
                THEN 'Abandoned' ELSE 'Accepted' END AS status,
           targeted, created_at, created_by, expires_at, published_at
    FROM executions e`;
}
