import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A worker's own claims are found without reading everybody's queue. */
export class FindClaims1767398800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX deliveries_claimed ON deliveries (claimed_by) WHERE state = 'pending' AND claimed_by IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX deliveries_claimed');
  }
}
