import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateQueue1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createDeliveries(runner);
    await createAttempts(runner);
    await createEndpointConditions(runner);
    await runner.query(`
      CREATE TABLE workers (
        id uuid NOT NULL,
        alive_until timestamptz NOT NULL,
        CONSTRAINT workers_pkey PRIMARY KEY (id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['workers', 'endpoint_conditions', 'attempts', 'deliveries']) await runner.query(`DROP TABLE ${table}`);
  }
}

async function createDeliveries(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE deliveries (
      id uuid NOT NULL,
      tenant_id text NOT NULL,
      endpoint_id text COLLATE "C" NOT NULL,
      message_id text COLLATE "C" NOT NULL,
      sequence integer NOT NULL,
      body text NOT NULL,
      state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'given-up', 'abandoned')),
      attempts smallint NOT NULL DEFAULT 0,
      calls integer NOT NULL DEFAULT 0,
      due_at timestamptz NOT NULL DEFAULT now(),
      claimed_by uuid,
      occurred_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      CONSTRAINT deliveries_pkey PRIMARY KEY (id)
    ) WITH (autovacuum_vacuum_scale_factor = 0.05)`);
  await runner.query(`CREATE INDEX deliveries_due ON deliveries (endpoint_id, due_at) WHERE state = 'pending' AND claimed_by IS NULL`);
  await runner.query(`CREATE INDEX deliveries_order ON deliveries (endpoint_id, message_id, sequence) WHERE state = 'pending'`);
  await runner.query(`CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL`);
}

async function createAttempts(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE attempts (
      id bigint GENERATED ALWAYS AS IDENTITY,
      endpoint_id text COLLATE "C" NOT NULL,
      webhook_id uuid NOT NULL,
      message_id text,
      sequence integer,
      number integer NOT NULL,
      started_at timestamptz NOT NULL,
      duration_millis integer NOT NULL,
      outcome text NOT NULL CHECK (outcome IN ('succeeded', 'refused', 'failed', 'blocked')),
      status_code smallint,
      error text,
      answer text,
      CONSTRAINT attempts_pkey PRIMARY KEY (id)
    )`);
  await runner.query('CREATE INDEX attempts_of_endpoint ON attempts (endpoint_id, id)');
  await runner.query('CREATE INDEX attempts_started ON attempts USING brin (started_at)');
}

async function createEndpointConditions(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE endpoint_conditions (
      endpoint_id text COLLATE "C" NOT NULL,
      paused_until timestamptz,
      stopped_at timestamptz,
      stop_reason text CHECK (stop_reason IN ('gone', 'disabled')),
      stopped_version text,
      CONSTRAINT endpoint_conditions_pkey PRIMARY KEY (endpoint_id)
    )`);
}
