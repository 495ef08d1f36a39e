import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A person's identity in a namespace is found by this index alone. With a narrower one the planner, where it has no statistics
 * yet (after the first big upload), walks through the whole namespace for each member of a run.
 */
export class IdentitiesOfAPerson1767398700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX identities_person ON identities (profile_id, namespace, tenant_id, value)');
    await runner.query('DROP INDEX identities_profile');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX identities_profile ON identities (profile_id)');
    await runner.query('DROP INDEX identities_person');
  }
}
