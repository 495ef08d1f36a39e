import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRuns1767398500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE runs (
        execution_id text PRIMARY KEY,
        tenant_id text NOT NULL,
        audience_id text NOT NULL,
        campaign_id text NOT NULL,
        accepted jsonb NOT NULL,
        state text NOT NULL,
        evaluation_id uuid,
        awaited_evaluation_id uuid,
        targeted integer NOT NULL DEFAULT 0,
        resolved integer NOT NULL DEFAULT 0,
        missing_identity integer NOT NULL DEFAULT 0,
        announced boolean NOT NULL DEFAULT false,
        error text,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
    await runner.query('CREATE INDEX runs_unfinished ON runs (created_at) WHERE finished_at IS NULL');
    await runner.query('CREATE INDEX runs_unannounced ON runs (created_at) WHERE NOT announced');
    // Rewritten with every page: room for heap-only updates, and no index on what changes.
    await runner.query(`
      CREATE TABLE run_shards (
        execution_id text NOT NULL,
        shard smallint NOT NULL,
        last_bucket smallint NOT NULL,
        state text NOT NULL,
        at_bucket smallint NOT NULL,
        at_profile uuid NOT NULL,
        publishing_bucket smallint,
        publishing_profile uuid,
        resolved integer NOT NULL DEFAULT 0,
        missing_identity integer NOT NULL DEFAULT 0,
        token uuid,
        lease_until timestamptz NOT NULL DEFAULT '-infinity',
        served_at timestamptz NOT NULL DEFAULT '-infinity',
        PRIMARY KEY (execution_id, shard)
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE run_shards');
    await runner.query('DROP TABLE runs');
  }
}
