import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import type { CampaignState, ExecutionAccepted } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { RunRig, TENANT, anAudienceExecution, distinctIds } from './run-rig.js';

const MEMBERS = 8_000;
/** Small pages and one worker: a run that can be met in the middle. */
const SLOWLY = { RUN_WORKERS: '1', RUN_PAGE_MEMBERS: '60' };

const aStoppedCampaign = (id: string): CampaignState => ({
  kind: 'campaign', id, tenantId: TENANT, name: 'spec', campaignKind: 'marketing', throughput: 'standard', status: 'Stopped', liveVersionId: null, startAt: null, endAt: null,
});

describe('a run that is held or ended from outside', () => {
  let rig: RunRig;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    rig = await RunRig.prepare();
    app = await rig.start(SLOWLY);
  });

  afterEach(async () => {
    await rig.postgres.query(`UPDATE audiences.run_shards SET state = 'Done'`);
  });

  afterAll(() => rig.drop());

  const begin = async (overrides: Partial<ExecutionAccepted> = {}): Promise<string> => {
    const { audienceId } = await rig.seed({ members: MEMBERS });
    const execution = anAudienceExecution(audienceId, overrides);
    await rig.accept(execution);
    await rig.resolvedAtLeast(execution.executionId, 1);
    return execution.executionId;
  };

  /** What was published is what was counted, and what was not is said. */
  const expectCutShort = async (executionId: string): Promise<void> => {
    const run = await rig.finished(executionId, 5_000);
    const { executions } = await eventually(() => {
      const published = rig.published(executionId);
      expect(published.executions.at(-1)).toMatchObject({ targeted: MEMBERS, unresolved: MEMBERS - run.resolved });
      return published;
    });
    const published = await rig.arrived(executionId, run.resolved);
    expect(run).toMatchObject({ state: 'Cancelled', targeted: MEMBERS });
    expect(run.resolved).toBeGreaterThan(0);
    expect(run.resolved).toBeLessThan(MEMBERS);
    expect(distinctIds(published).size).toBe(run.resolved);
    expect(executions[0]).not.toHaveProperty('unresolved');
  };

  it('ends when it is cancelled, and says exactly how many never became recipients', async () => {
    const executionId = await begin();

    const cancelled = await rig.call(app, 'POST', `${executionId}/cancel`);
    const again = await rig.call(app, 'POST', `${executionId}/cancel`);

    expect([cancelled.status, again.status]).toEqual([200, 200]);
    expect(cancelled.body).toMatchObject({ executionId, state: 'Cancelled', targeted: MEMBERS });
    await expectCutShort(executionId);
    expect(await rig.call(app, 'POST', `${executionId}/resume`)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });

  it('holds while it is paused, and goes on with nobody lost or doubled when it is resumed', async () => {
    const executionId = await begin();

    const paused = await rig.call(app, 'POST', `${executionId}/pause`);
    await eventually(async () => {
      const { rows } = await rig.postgres.query('SELECT FROM audiences.run_shards WHERE execution_id = $1 AND token IS NOT NULL', [executionId]);
      expect(rows).toHaveLength(0);
    });
    const held = await rig.run(executionId);
    const other = await begin();
    await rig.call(app, 'POST', `${other}/cancel`);
    const stillHeld = await rig.run(executionId);
    const resumed = await rig.call(app, 'POST', `${executionId}/resume`);
    const run = await rig.finished(executionId, 60_000);

    expect([paused.body['state'], resumed.body['state']]).toEqual(['Paused', 'Running']);
    expect(held.resolved).toBeLessThan(MEMBERS);
    expect(stillHeld.resolved).toBe(held.resolved);
    expect(run).toMatchObject({ state: 'Completed', resolved: MEMBERS });
    const published = await rig.arrived(executionId, MEMBERS);
    expect(published.resolved).toHaveLength(MEMBERS);
  });

  it('can be cancelled while it is paused', async () => {
    const executionId = await begin();

    await rig.call(app, 'POST', `${executionId}/pause`);
    await rig.call(app, 'POST', `${executionId}/cancel`);

    await expectCutShort(executionId);
  });

  it('is cut short within five seconds when its campaign is stopped', async () => {
    const campaignId = randomUUID();
    const executionId = await begin({ campaignId });

    await rig.configure(aStoppedCampaign(campaignId));

    await expectCutShort(executionId);
  });

  it('is over before it begins when its campaign was stopped before', async () => {
    const campaignId = randomUUID();
    const { audienceId } = await rig.seed({ members: MEMBERS });
    await rig.configure(aStoppedCampaign(campaignId));
    const execution = anAudienceExecution(audienceId, { campaignId });

    await rig.accept(execution);

    const run = await rig.finished(execution.executionId, 5_000);
    expect(run.state).toBe('Cancelled');
    await eventually(() => expect(rig.published(execution.executionId).executions.at(-1)).toMatchObject({ targeted: MEMBERS, unresolved: MEMBERS - run.resolved }));
  });

  it('lets a small run go before the rest of a large one', async () => {
    const large = await begin();
    const { audienceId } = await rig.seed({ members: 50 });
    const small = anAudienceExecution(audienceId);

    await rig.accept(small);
    await rig.finished(small.executionId);

    expect((await rig.run(large)).isFinished).toBe(false);
    await rig.call(app, 'POST', `${large}/cancel`);
  });

  it('is known by its execution and tenant alone', async () => {
    const { audienceId } = await rig.seed({ members: 5 });
    const execution = anAudienceExecution(audienceId);
    await rig.accept(execution);
    await rig.finished(execution.executionId);

    const own = await rig.call(app, 'GET', `${execution.executionId}?tenantId=${TENANT}`);
    const others = await rig.call(app, 'GET', `${execution.executionId}?tenantId=acme/dev`);
    const cancelledByOther = await rig.call(app, 'POST', `${execution.executionId}/cancel`, { tenantId: 'acme/dev' });
    const invalid = await rig.call(app, 'POST', `${execution.executionId}/pause`, {});

    expect(own).toMatchObject({ status: 200, body: { state: 'Completed', targeted: 5, resolved: 5, missingIdentity: 0, audienceId } });
    expect([others.status, cancelledByOther.status, invalid.status]).toEqual([404, 404, 400]);
  });

  it('can be looked at before it is made', async () => {
    const { audienceId } = await rig.seed({ members: 30, missingEvery: 3, attributes: { city: 'Oslo' } });
    const input = { tenantId: TENANT, audienceId, identityType: 'Email', limit: 4 };

    const preview = await eventually(async () => {
      const answer = await rig.call(app, 'POST', 'preview', input);
      if (answer.status === 404) throw new Error('the audience has not arrived yet');
      return answer;
    });
    const unknown = await rig.call(app, 'POST', 'preview', { ...input, audienceId: randomUUID() });

    expect(preview).toMatchObject({ status: 200, body: { targeted: 30, missingIdentity: 10 } });
    const recipients = preview.body['recipients'] as { userId: string; address: string; attributes: object }[];
    expect(recipients).toHaveLength(4);
    for (const one of recipients) expect(one).toMatchObject({ address: one.userId, attributes: { firstName: 'Ada', city: 'Oslo' } });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'AUDIENCE_NOT_FOUND' } });
  });
});
