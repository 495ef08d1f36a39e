import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ended, eventually } from '@postrider/testing';
import { Client } from 'pg';
import { RunRig, TENANT, anAudienceExecution, distinctIds } from './run-rig.js';

const MEMBERS = 50_000;
const KILLS = 5;

describe('a run whose workers die', () => {
  let rig: RunRig;

  beforeAll(async () => {
    rig = await RunRig.prepare();
  });

  afterAll(() => rig.drop());

  it('reaches each member exactly once by messageId, with exact counts, when processes are killed at random moments', async () => {
    const { audienceId } = await rig.seed({ members: MEMBERS, missingEvery: 10 });
    const execution = anAudienceExecution(audienceId);
    const settings = { RUN_PAGE_MEMBERS: '250', RUN_LEASE_MS: '600' };
    await rig.accept(execution);

    let killedInside = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const victim = rig.spawn(settings);
      const before = await rig.run(execution.executionId).then(({ resolved }) => resolved, () => 0);
      await rig.resolvedAtLeast(execution.executionId, before + 1);
      await pause(Math.random() * 150);
      victim.kill('SIGKILL');
      await ended(victim);
      if (!(await rig.run(execution.executionId)).isFinished) killedInside += 1;
    }
    rig.spawn(settings);
    const run = await rig.finished(execution.executionId, 60_000);

    const published = await rig.arrived(execution.executionId, MEMBERS);
    expect(killedInside).toBeGreaterThan(0);
    expect(run).toMatchObject({ state: 'Completed', targeted: MEMBERS, resolved: MEMBERS, missingIdentity: MEMBERS / 10 });
    expect(distinctIds(published).size).toBe(MEMBERS);
    expect(new Set(published.excluded.map(({ messageId }) => messageId)).size).toBe(MEMBERS / 10);
    expect(new Set(published.executions.map(({ targeted }) => targeted))).toEqual(new Set([MEMBERS]));
    await rig.endAll();
  }, 180_000);

  it('publishes a page again that was published and not written down, and counts it once', async () => {
    const { audienceId } = await rig.seed({ members: 1_000 });
    const execution = anAudienceExecution(audienceId);
    const freed = await killBetweenPublishAndCheckpoint(execution.executionId, () => rig.accept(execution));
    rig.spawn();

    const run = await rig.finished(execution.executionId);

    const published = await rig.arrived(execution.executionId, 1_000);
    expect(freed.resolved).toBe(0);
    expect(run).toMatchObject({ state: 'Completed', resolved: 1_000 });
    expect(published.resolved.length).toBeGreaterThan(1_000);
    expect(distinctIds(published).size).toBe(1_000);
    await rig.endAll();
  }, 90_000);

  it('counts a page of which nobody knows among the recipients when it is cancelled after the death', async () => {
    const { audienceId } = await rig.seed({ members: 1_000 });
    const execution = anAudienceExecution(audienceId);
    await killBetweenPublishAndCheckpoint(execution.executionId, () => rig.accept(execution));

    const app = await rig.start({ RUN_WORKERS: '0' });
    const cancelled = await rig.call(app, 'POST', `${execution.executionId}/cancel`, { tenantId: TENANT });
    rig.spawn();
    const run = await rig.finished(execution.executionId);

    const { executions } = await eventually(() => {
      const published = rig.published(execution.executionId);
      expect(published.executions.some(({ unresolved }) => unresolved !== undefined)).toBe(true);
      return published;
    });
    expect(cancelled.status).toBe(200);
    expect(run).toMatchObject({ state: 'Cancelled', targeted: 1_000, resolved: 300 });
    expect(executions.find(({ unresolved }) => unresolved !== undefined)).toMatchObject({ targeted: 1_000, unresolved: 700 });
    expect(distinctIds(rig.published(execution.executionId)).size).toBe(300);
    await rig.endAll();
  }, 90_000);

  it('is shared by two processes', async () => {
    const { audienceId } = await rig.seed({ members: MEMBERS });
    const execution = anAudienceExecution(audienceId);
    const settings = { RUN_WORKERS: '1', RUN_PAGE_MEMBERS: '100' };
    await rig.accept(execution);

    rig.spawn(settings);
    rig.spawn(settings);
    const held = await eventually(async () => {
      const { rows } = await rig.postgres.query<{ count: number }>('SELECT count(DISTINCT token)::int AS count FROM audiences.run_shards WHERE lease_until > now() AND token IS NOT NULL');
      expect(rows[0]?.count).toBe(2);
      return rows[0]?.count;
    }, { intervalMs: 5 });
    const run = await rig.finished(execution.executionId, 60_000);

    const published = await rig.arrived(execution.executionId, MEMBERS);
    expect(held).toBe(2);
    expect(run).toMatchObject({ state: 'Completed', resolved: MEMBERS });
    expect(published.resolved).toHaveLength(MEMBERS);
  }, 120_000);

  /** Stops the first checkpoint of a shard by a lock, kills its process there, and makes sure that it was not written. */
  async function killBetweenPublishAndCheckpoint(executionId: string, begin: () => Promise<void>): Promise<{ resolved: number }> {
    await rig.postgres.query(`
      CREATE FUNCTION audiences.wait_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$;
      CREATE TRIGGER wait_here BEFORE UPDATE ON audiences.run_shards FOR EACH ROW WHEN (NEW.resolved > OLD.resolved) EXECUTE FUNCTION audiences.wait_here()`);
    const holder = new Client({ connectionString: rig.database.adminUrl });
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock(42)');
    const victim = rig.spawn({ RUN_PAGE_MEMBERS: '300', RUN_LEASE_MS: '600' });
    await begin();
    await rig.arrived(executionId, 300);
    await eventually(async () => {
      const { rows } = await rig.postgres.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`);
      expect(rows.length).toBeGreaterThan(0);
    });
    victim.kill('SIGKILL');
    await ended(victim);
    await rig.postgres.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'postrider_audiences'`);
    await eventually(async () => {
      const { rows } = await rig.postgres.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = 'postrider_audiences'`);
      expect(rows).toHaveLength(0);
    });
    await rig.postgres.query('DROP TRIGGER wait_here ON audiences.run_shards; DROP FUNCTION audiences.wait_here()');
    await holder.end();
    return rig.run(executionId);
  }
});
