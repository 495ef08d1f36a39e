import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEvaluations1767398400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE evaluations (
        evaluation_id uuid PRIMARY KEY,
        audience_id text NOT NULL,
        tenant_id text NOT NULL,
        status text NOT NULL,
        size integer NOT NULL DEFAULT 0,
        error text,
        started_at timestamptz NOT NULL DEFAULT now(),
        completed_at timestamptz,
        is_upload boolean NOT NULL DEFAULT true,
        has_members boolean NOT NULL DEFAULT true
      )`);
    await runner.query(`CREATE UNIQUE INDEX evaluations_running ON evaluations (tenant_id, audience_id) WHERE status = 'Running' AND NOT is_upload`);
    await runner.query('CREATE INDEX evaluations_history ON evaluations (tenant_id, audience_id, evaluation_id)');
    await runner.query(`CREATE INDEX evaluations_completed ON evaluations (tenant_id, audience_id, completed_at) WHERE status = 'Completed'`);
    await runner.query(`CREATE INDEX evaluations_stale ON evaluations (completed_at) WHERE has_members AND status <> 'Running'`);
    // A page of members is read, and a run is sharded, by ranges of the bucket: hash ranges of the person.
    await runner.query(`
      CREATE TABLE members (
        evaluation_id uuid NOT NULL,
        bucket smallint NOT NULL,
        profile_id uuid NOT NULL,
        attributes jsonb,
        PRIMARY KEY (evaluation_id, bucket, profile_id)
      )`);
    await runner.query(`
      CREATE TABLE evaluation_schedules (
        tenant_id text NOT NULL,
        audience_id text NOT NULL,
        cron text NOT NULL,
        time_zone text NOT NULL,
        due_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, audience_id)
      )`);
    await this.createInstantOf(runner);
  }

  /**
   * The moment that an ISO 8601 date or date-time names, NULL for any other text; without a zone it is UTC. No text makes it
   * fail, and the session's time zone and date style do not matter. Digits after the sixth of a fraction are cut off.
   */
  private async createInstantOf(runner: QueryRunner): Promise<void> {
    await runner.query(String.raw`
      CREATE FUNCTION instant_of(given text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
      BEGIN
        -- Neither groups that are kept nor a look ahead: with them it takes twenty times as long.
        IF given COLLATE "C" !~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?$' THEN
          RETURN NULL;
        END IF;
        IF given COLLATE "C" < '0001' OR (substr(given, 9, 2) > '28' AND NOT pg_input_is_valid(left(given, 10), 'date')) THEN
          RETURN NULL;
        END IF;
        IF length(given) = 10 THEN
          RETURN (given || ' 00:00Z')::timestamptz;
        END IF;
        IF length(given) > 26 THEN
          given := regexp_replace(given, '(\.[0-9]{6})[0-9]+', '\1');
        END IF;
        IF right(given, 1) = 'Z' OR substr(given, length(given) - 5, 1) IN ('+', '-') THEN
          RETURN given::timestamptz;
        END IF;
        RETURN (given || 'Z')::timestamptz;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION instant_of(text)');
    await runner.query('DROP TABLE evaluation_schedules');
    await runner.query('DROP TABLE members');
    await runner.query('DROP TABLE evaluations');
  }
}
