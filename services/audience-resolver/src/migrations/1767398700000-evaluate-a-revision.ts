import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An evaluation is of the audience as it was edited last before it was asked for. */
export class EvaluateARevision1767398700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE evaluations ADD COLUMN revision integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE evaluations DROP COLUMN revision');
  }
}
