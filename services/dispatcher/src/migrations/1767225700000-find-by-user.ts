import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Somebody asks what became of one person's messages: by an index, however long the ledger is. No send changes it. */
export class FindByUser1767225700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX messages_user ON messages (user_id, tenant_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_user');
  }
}
