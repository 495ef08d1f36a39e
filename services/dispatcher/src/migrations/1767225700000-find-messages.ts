import type { MigrationInterface, QueryRunner } from 'typeorm';

const READERS = 'postrider_ingest, postrider_campaigns';

/**
 * One person's messages, and an execution's page by page, are found by an index, however long the ledger is. No send changes
 * what is in them.
 */
export class FindMessages1767225700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX messages_user ON messages (user_id, tenant_id)');
    await runner.query('DROP INDEX messages_execution');
    await runner.query('CREATE INDEX messages_execution ON messages (execution_id, message_id)');
    await replaceView(runner, 'message_id');
  }

  async down(runner: QueryRunner): Promise<void> {
    await replaceView(runner, 'message_id::text AS message_id');
    await runner.query('DROP INDEX messages_execution');
    await runner.query('CREATE INDEX messages_execution ON messages (execution_id)');
    await runner.query('DROP INDEX messages_user');
  }
}

async function replaceView(runner: QueryRunner, messageId: string): Promise<void> {
  await runner.query('DROP VIEW message_status');
  await runner.query(`
    CREATE VIEW message_status AS
    SELECT ${messageId}, execution_id, tenant_id, user_id, namespace, state, code, reason, failure, attempts, updated_at,
           jsonb_path_query_array(
             jsonb_build_array(
               jsonb_build_object('state', 'accepted', 'at', accepted_at),
               jsonb_build_object('state', 'ready', 'at', ready_at),
               jsonb_build_object('state', 'sending', 'at', sending_at),
               jsonb_build_object('state', state, 'at', CASE WHEN state NOT IN ('accepted', 'ready', 'sending') THEN updated_at END)),
             '$[*] ? (@.at != null)') AS timeline
    FROM messages`);
  await runner.query(`GRANT SELECT ON message_status TO ${READERS}`);
}
