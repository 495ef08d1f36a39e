import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@postrider/testing';
import { RunRig, TENANT, anAudienceExecution } from './run-rig.js';

/** Evaluations are asked for, and ended by the spec. */
const NOBODY_EVALUATES = { AUDIENCE_POLL_MS: '600000' };

describe('a run of an audience that was never evaluated', () => {
  let rig: RunRig;

  beforeAll(async () => {
    rig = await RunRig.prepare();
    await rig.start(NOBODY_EVALUATES);
  });

  afterAll(() => rig.drop());

  const evaluationsOf = async (audienceId: string): Promise<{ evaluationId: string; status: string }[]> => {
    const { rows } = await rig.postgres.query<{ evaluationId: string; status: string }>(
      'SELECT evaluation_id AS "evaluationId", status FROM audiences.evaluations WHERE audience_id = $1 AND tenant_id = $2', [audienceId, TENANT],
    );
    return rows;
  };

  const evaluationOf = (audienceId: string): Promise<string> =>
    eventually(async () => {
      const [evaluation] = await evaluationsOf(audienceId);
      if (!evaluation) throw new Error('nothing was asked for');
      return evaluation.evaluationId;
    });

  const endEvaluation = async (evaluationId: string, status: 'Completed' | 'Failed', error: string | null = null): Promise<void> => {
    await rig.postgres.query('UPDATE audiences.evaluations SET status = $2, error = $3, completed_at = now() WHERE evaluation_id = $1', [evaluationId, status, error]);
  };

  const members = async (evaluationId: string): Promise<void> => {
    const source = { audienceId: randomUUID(), evaluationId: randomUUID() };
    await rig.evaluate(source, { members: 12 });
    await rig.postgres.query('INSERT INTO audiences.members SELECT $1, bucket, profile_id FROM audiences.members WHERE evaluation_id = $2', [evaluationId, source.evaluationId]);
    await rig.postgres.query('UPDATE audiences.evaluations SET size = 12 WHERE evaluation_id = $1', [evaluationId]);
  };

  it('asks for one evaluation, waits for it, and goes on with its members', async () => {
    const audienceId = randomUUID();
    await rig.define(audienceId);
    const [execution, other] = [anAudienceExecution(audienceId), anAudienceExecution(audienceId)];

    await rig.accept(execution, other);
    const evaluationId = await evaluationOf(audienceId);
    const waiting = await rig.run(execution.executionId);
    await members(evaluationId);
    await endEvaluation(evaluationId, 'Completed');
    const runs = await Promise.all([execution, other].map(({ executionId }) => rig.finished(executionId)));

    expect(waiting).toMatchObject({ state: 'Waiting', targeted: 0, evaluationId: null });
    expect(await evaluationsOf(audienceId)).toHaveLength(1);
    for (const run of runs) expect(run).toMatchObject({ state: 'Completed', evaluationId, targeted: 12, resolved: 12 });
    await eventually(() => expect(rig.published(execution.executionId).executions).toEqual([expect.objectContaining({ targeted: 12 })]));
  });

  it('fails with the evaluation, with nobody targeted', async () => {
    const audienceId = randomUUID();
    await rig.define(audienceId);
    const execution = anAudienceExecution(audienceId);

    await rig.accept(execution);
    await endEvaluation(await evaluationOf(audienceId), 'Failed', 'The rules are too expensive.');
    const run = await rig.finished(execution.executionId);

    expect(run).toMatchObject({ state: 'Failed', targeted: 0, error: 'The rules are too expensive.' });
    await eventually(() => expect(rig.published(execution.executionId).executions).toEqual([expect.objectContaining({ targeted: 0 })]));
  });

  it('fails when its members should have been uploaded and nobody uploads them', async () => {
    const audienceId = randomUUID();
    await rig.define(audienceId, 'upload');
    const execution = anAudienceExecution(audienceId);

    await rig.accept(execution);

    expect(await rig.finished(execution.executionId)).toMatchObject({ state: 'Failed', error: 'No members were uploaded to the audience.' });
    expect(await evaluationsOf(audienceId)).toEqual([]);
  });

  it('can be paused, resumed and cancelled while it waits', async () => {
    const audienceId = randomUUID();
    await rig.define(audienceId);
    const execution = anAudienceExecution(audienceId);
    const app = await rig.start({ ...NOBODY_EVALUATES, RUN_WORKERS: '0' });
    await rig.accept(execution);
    await evaluationOf(audienceId);

    const states = [];
    for (const action of ['pause', 'resume', 'cancel']) states.push((await rig.call(app, 'POST', `${execution.executionId}/${action}`)).body['state']);
    const run = await rig.finished(execution.executionId);

    expect(states).toEqual(['Paused', 'Waiting', 'Cancelled']);
    expect(run).toMatchObject({ state: 'Cancelled', targeted: 0, resolved: 0 });
    await eventually(() => expect(rig.published(execution.executionId).executions.at(-1)).toMatchObject({ targeted: 0, unresolved: 0 }));
  });

  it('goes to whom its rules find', async () => {
    const audienceId = randomUUID();
    await rig.evaluate({ audienceId: randomUUID(), evaluationId: randomUUID() }, { members: 9, city: 'Visby' });
    await rig.define(audienceId, 'segment', { combinator: 'and', rules: [{ field: 'attributes.city', operator: '=', value: 'Visby' }] });
    await rig.start({ AUDIENCE_POLL_MS: '100' });
    const execution = anAudienceExecution(audienceId);

    await rig.accept(execution);
    const run = await rig.finished(execution.executionId);

    expect(run).toMatchObject({ state: 'Completed', targeted: 9, resolved: 9 });
    expect((await rig.arrived(execution.executionId, 9)).resolved).toHaveLength(9);
  });
});
