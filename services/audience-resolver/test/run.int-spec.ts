import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compareEntities, openDataSource } from '@postrider/database';
import { RecipientResolved, AudienceRecipientExcluded } from '@postrider/contracts';
import { recipientKeyOf } from '@postrider/identity';
import { eventually } from '@postrider/testing';
import { entities, migrations, schema } from '../src/data-source.js';
import { anExecution } from './builders.js';
import { RunRig, TENANT, anAudienceExecution, distinctIds } from './run-rig.js';

describe('a run of an audience', () => {
  let rig: RunRig;

  beforeAll(async () => {
    rig = await RunRig.prepare();
    await rig.start();
  });

  afterAll(() => rig.drop());

  it('makes every member a recipient, once, and says at once how many there are', async () => {
    const { audienceId, evaluationId } = await rig.seed({ members: 3_000 });
    const execution = anAudienceExecution(audienceId);

    await rig.accept(execution);
    const run = await rig.finished(execution.executionId);

    const { resolved, excluded, executions } = await rig.arrived(execution.executionId, 3_000);
    const [first] = resolved;
    expect(run).toMatchObject({ state: 'Completed', evaluationId, targeted: 3_000, resolved: 3_000, missingIdentity: 0 });
    expect(resolved).toHaveLength(3_000);
    expect(new Set(resolved.map(({ recipientKey }) => recipientKey)).size).toBe(3_000);
    expect(excluded).toEqual([]);
    expect(executions).toEqual([expect.objectContaining({ executionId: execution.executionId, lane: 'bulk', targeted: 3_000 })]);
    RecipientResolved.payload.parse(first);
    expect(first).toMatchObject({ lane: 'bulk', namespace: 'Email', expiresAt: execution.expiresAt, acceptedAt: execution.acceptedAt, unknownProfiles: 'refuse' });
    expect(first?.recipientKey).toBe(recipientKeyOf(TENANT, 'email', first?.userId ?? ''));
  });

  it('excludes members without an identity of its type, by their profiles', async () => {
    const { audienceId } = await rig.seed({ members: 90, missingEvery: 3 });
    const execution = anAudienceExecution(audienceId);

    await rig.accept(execution);
    const run = await rig.finished(execution.executionId);

    const { resolved, excluded } = await rig.arrived(execution.executionId, 90);
    const [one] = excluded;
    expect(run).toMatchObject({ state: 'Completed', targeted: 90, resolved: 90, missingIdentity: 30 });
    expect([resolved.length, excluded.length]).toEqual([60, 30]);
    AudienceRecipientExcluded.payload.parse(one);
    expect(one).toMatchObject({ code: 'MISSING_IDENTITY', namespace: 'profile', recipientKey: recipientKeyOf(TENANT, 'profile', one?.userId ?? '') });
  });

  it('sends once to a person with several identities, and carries what the membership and the call say', async () => {
    const { audienceId, evaluationId } = await rig.seed({ members: 5, attributes: { tier: 'gold' } });
    await rig.postgres.query(
      `INSERT INTO profiles.identities (tenant_id, namespace, value, profile_id)
       SELECT $1, 'email', '0-' || profile_id || '@shop.test', profile_id FROM audiences.members WHERE evaluation_id = $2`,
      [TENANT, evaluationId],
    );
    const execution = anAudienceExecution(audienceId, { audience: { audienceId, identityType: 'email', sharedContext: true } });

    await rig.accept(execution);
    await rig.finished(execution.executionId);

    const { resolved } = await rig.arrived(execution.executionId, 5);
    expect(resolved).toHaveLength(5);
    for (const one of resolved) expect(one).toMatchObject({ userId: expect.stringMatching(/^0-/), sharedContext: true, profile: { tier: 'gold' } });
  });

  it('changes nothing and tells again when the execution is replayed', async () => {
    const { audienceId } = await rig.seed({ members: 40 });
    const execution = anAudienceExecution(audienceId);
    await rig.accept(execution);
    await rig.finished(execution.executionId);
    await rig.evaluate({ audienceId, evaluationId: randomUUID() }, { members: 7 });

    await rig.accept(execution);

    await eventually(() => expect(rig.published(execution.executionId).executions.length).toBeGreaterThanOrEqual(2));
    expect(rig.published(execution.executionId).executions.map(({ targeted }) => targeted)).toEqual(expect.arrayContaining([40, 40]));
    expect(distinctIds(rig.published(execution.executionId)).size).toBe(40);
    expect(await rig.run(execution.executionId)).toMatchObject({ targeted: 40, resolved: 40 });
  });

  it('goes beside invalid records and transactional executions', async () => {
    const { audienceId } = await rig.seed({ members: 10 });
    const execution = anAudienceExecution(audienceId);

    await rig.writer.writeRaw('ingest.execution-accepted.bulk.v1', 'x', 'no JSON');
    await rig.accept(execution, anExecution());

    expect(await rig.finished(execution.executionId)).toMatchObject({ state: 'Completed', resolved: 10 });
  });

  it('completes at once when nobody is in the audience', async () => {
    const { audienceId } = await rig.seed({ members: 0 });
    const execution = anAudienceExecution(audienceId);

    await rig.accept(execution);

    expect(await rig.finished(execution.executionId)).toMatchObject({ state: 'Completed', targeted: 0 });
    await eventually(() => expect(rig.published(execution.executionId).executions).toEqual([expect.objectContaining({ targeted: 0 })]));
  });

  it('fails, with nobody targeted, when its audience does not exist', async () => {
    const execution = anAudienceExecution(randomUUID());

    await rig.accept(execution);

    expect(await rig.finished(execution.executionId)).toMatchObject({ state: 'Failed', targeted: 0, error: 'The audience does not exist.' });
    await eventually(() => expect(rig.published(execution.executionId).executions).toEqual([expect.objectContaining({ targeted: 0 })]));
  });

  it.each(['runs', 'run_shards'])('goes on by itself when the database refuses %s for a while', async (table) => {
    const { audienceId } = await rig.seed({ members: 20 });
    const execution = anAudienceExecution(audienceId);
    await rig.postgres.query(`
      CREATE SEQUENCE audiences.refusals; GRANT ALL ON SEQUENCE audiences.refusals TO PUBLIC;
      CREATE FUNCTION audiences.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM nextval('audiences.refusals'); RAISE EXCEPTION 'shutting down' USING ERRCODE = '57P01'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON audiences.${table} FOR EACH ROW EXECUTE FUNCTION audiences.refuse()`);
    await rig.accept(execution);
    await eventually(async () => {
      const { rows } = await rig.postgres.query<{ refusals: number }>('SELECT last_value::int AS refusals FROM audiences.refusals');
      expect(rows[0]?.refusals).toBeGreaterThan(1);
    });

    await rig.postgres.query(`DROP TRIGGER refuse ON audiences.${table}; DROP FUNCTION audiences.refuse(); DROP SEQUENCE audiences.refusals`);

    expect(await rig.finished(execution.executionId)).toMatchObject({ state: 'Completed', resolved: 20 });
    expect(distinctIds(await rig.arrived(execution.executionId, 20)).size).toBe(20);
  });

  it('is told of after a death between its row and what is published of it', async () => {
    const { audienceId } = await rig.seed({ members: 4 });
    const execution = anAudienceExecution(audienceId);
    await rig.accept(execution);
    await rig.finished(execution.executionId);
    await eventually(() => expect(rig.published(execution.executionId).executions).toHaveLength(1));

    await rig.postgres.query(`UPDATE audiences.runs SET announced = false, created_at = now() - interval '1 minute' WHERE execution_id = $1`, [execution.executionId]);

    await eventually(() => expect(rig.published(execution.executionId).executions.map(({ targeted }) => targeted)).toEqual([4, 4]));
  });

  it('has entities that are the migrated tables', async () => {
    const source = await openDataSource({ schema, entities, migrations, poolSize: 2, statementTimeoutMs: 10_000, applicationName: 'spec', url: rig.database.urlFor('audiences') });

    const differences = (await compareEntities(source)).filter((one) => one.includes('runs') || one.includes('run_shards'));
    await source.destroy();

    expect(differences).toEqual([]);
  });
});

