import type { MigrationInterface, QueryRunner } from 'typeorm';

const READERS = 'postrider_ingest, postrider_campaigns';

export class CreateLedger1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No index holds a column that recording an outcome changes, and pages keep room: updates stay heap-only.
    await runner.query(`
      CREATE TABLE messages (
        message_id uuid PRIMARY KEY,
        execution_id text COLLATE "C" NOT NULL,
        tenant_id text NOT NULL,
        request_id text NOT NULL,
        campaign_id text NOT NULL,
        campaign_version_id text NOT NULL,
        recipient_key text NOT NULL,
        channel text NOT NULL,
        namespace text NOT NULL,
        user_id text NOT NULL,
        address text,
        profile_id text,
        state text NOT NULL,
        sequence integer NOT NULL,
        attempts integer NOT NULL,
        attempt_token uuid,
        code text,
        reason text,
        failure jsonb,
        response_code integer,
        response_ms integer,
        accepted_at timestamptz NOT NULL,
        ready_at timestamptz,
        expires_at timestamptz NOT NULL,
        sending_at timestamptz,
        updated_at timestamptz NOT NULL
      ) WITH (fillfactor = 50)`);
    await runner.query('CREATE INDEX messages_execution ON messages (execution_id)');
    await this.createWaits(runner);
    await this.createTotals(runner);
    await this.createViews(runner);
  }

  /** What is being sent now, and what waits for another try. */
  private async createWaits(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE attempts (
        token uuid PRIMARY KEY,
        lease_until timestamptz NOT NULL,
        message_ids uuid[] NOT NULL
      )`);
    await runner.query('CREATE INDEX attempts_lease ON attempts (lease_until)');
    await runner.query(`
      CREATE TABLE retries (
        message_id uuid PRIMARY KEY,
        campaign_id text NOT NULL,
        execution_id text NOT NULL,
        due_at timestamptz NOT NULL,
        payload jsonb NOT NULL
      )`);
    await runner.query('CREATE INDEX retries_due ON retries (due_at)');
  }

  private async createTotals(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tallies (
        execution_id text COLLATE "C" PRIMARY KEY,
        tenant_id text NOT NULL,
        campaign_id text NOT NULL,
        request_id text NOT NULL,
        targeted integer,
        sent integer NOT NULL DEFAULT 0,
        failed integer NOT NULL DEFAULT 0,
        excluded integer NOT NULL DEFAULT 0,
        expired integer NOT NULL DEFAULT 0,
        cancelled integer NOT NULL DEFAULT 0,
        unknown integer NOT NULL DEFAULT 0,
        accepted_at timestamptz NOT NULL,
        completed_at timestamptz
      ) WITH (fillfactor = 50)`);
    await runner.query('CREATE TABLE cancellations (execution_id text COLLATE "C" PRIMARY KEY, tenant_id text NOT NULL, cancelled_at timestamptz NOT NULL)');
    await runner.query(`
      CREATE TABLE suppressions (
        tenant_id text COLLATE "C" NOT NULL,
        channel text COLLATE "C" NOT NULL,
        address text COLLATE "C" NOT NULL,
        code text NOT NULL,
        reason text NOT NULL,
        suppressed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, channel, address)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`REVOKE USAGE ON SCHEMA delivery FROM ${READERS}`);
    for (const view of ['execution_status', 'message_status', 'suppressed_address']) await runner.query(`DROP VIEW ${view}`);
    for (const table of ['suppressions', 'cancellations', 'tallies', 'retries', 'attempts', 'messages']) await runner.query(`DROP TABLE ${table}`);
  }

  private async createViews(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE VIEW execution_status AS
      SELECT execution_id, tenant_id, campaign_id, request_id, targeted, sent, failed, excluded, expired, cancelled, unknown,
             targeted - sent - failed - excluded - expired - cancelled - unknown AS pending, accepted_at, completed_at
      FROM tallies`);
    await runner.query(`
      CREATE VIEW message_status AS
      SELECT message_id::text AS message_id, execution_id, tenant_id, user_id, namespace, state, code, reason, failure, attempts, updated_at,
             jsonb_path_query_array(
               jsonb_build_array(
                 jsonb_build_object('state', 'accepted', 'at', accepted_at),
                 jsonb_build_object('state', 'ready', 'at', ready_at),
                 jsonb_build_object('state', 'sending', 'at', sending_at),
                 jsonb_build_object('state', state, 'at', CASE WHEN state NOT IN ('accepted', 'ready', 'sending') THEN updated_at END)),
               '$[*] ? (@.at != null)') AS timeline
      FROM messages`);
    await runner.query('CREATE VIEW suppressed_address AS SELECT tenant_id, channel, address, code, reason, suppressed_at FROM suppressions');
    await runner.query(`GRANT USAGE ON SCHEMA delivery TO ${READERS}`);
    await runner.query(`GRANT SELECT ON execution_status, message_status, suppressed_address TO ${READERS}`);
  }
}
