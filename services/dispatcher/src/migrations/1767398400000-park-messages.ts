import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages that wait for a permission and not for a time: for their turn at a campaign's send rate, or for the end of a pause.
 * Each kind of waiting has an index of its own, so that a million of one is not walked over by those who look for the other.
 */
export class ParkMessages1767398400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE retries ADD COLUMN parked boolean NOT NULL DEFAULT false');
    await runner.query('DROP INDEX retries_due');
    await runner.query('CREATE INDEX retries_due ON retries (due_at) WHERE NOT parked');
    await runner.query('CREATE INDEX retries_waiting ON retries (campaign_id, execution_id) WHERE NOT parked');
    await runner.query('CREATE INDEX retries_parked ON retries (campaign_id, execution_id, message_id) WHERE parked');
    await runner.query('CREATE TABLE pauses (execution_id text COLLATE "C" PRIMARY KEY, tenant_id text NOT NULL, paused_at timestamptz NOT NULL)');
    await runner.query('CREATE INDEX cancellations_at ON cancellations (cancelled_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX cancellations_at');
    await runner.query('DROP TABLE pauses');
    for (const index of ['retries_parked', 'retries_waiting', 'retries_due']) await runner.query(`DROP INDEX ${index}`);
    await runner.query('CREATE INDEX retries_due ON retries (due_at)');
    await runner.query('ALTER TABLE retries DROP COLUMN parked');
  }
}
