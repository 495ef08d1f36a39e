import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AudienceMember, Estimate, Evaluation, type RuleGroup } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { EvaluationController } from '../src/evaluation/evaluation.controller.js';
import { MembersController } from '../src/members/members.controller.js';
import { EvaluationRig, aComposition, aSegment, anAudience, where } from './evaluation-rig.js';
import { aProfile, store, type StoredProfile } from './profiles.js';

jest.setTimeout(60_000);

let rig: EvaluationRig;
const swedes = Array.from({ length: 30 }, (_, index) => aProfile({ attributes: { country: 'SE', age: index } }));
const danes = Array.from({ length: 5 }, () => aProfile({ attributes: { country: 'DK' } }));
const others = [aProfile({ tenantId: 'acme/dev', attributes: { country: 'SE' } })];

const idsOf = (profiles: readonly StoredProfile[]): string[] => profiles.map(({ id }) => id).sort();
const inSweden = where('country', 'SE');

beforeAll(async () => {
  rig = await EvaluationRig.prepare();
  await store(rig.database.adminUrl, [...swedes, ...danes, ...others]);
  await rig.start();
});

afterAll(() => rig.drop());

describe(`${EvaluationController.name}: an estimate`, () => {
  const estimate = (body: object) => rig.call('POST', '/audiences/estimate', body);

  it('counts whom rules match in the tenant, and shows some of them', async () => {
    const { status, body } = await estimate({ rules: inSweden, sampleSize: 3 });

    expect(status).toBe(200);
    const { count, sample } = Estimate.parse(body);
    expect([count, sample.length]).toEqual([30, 3]);
    expect(sample.every(({ id, attributes, identities }) => idsOf(swedes).includes(id) && attributes['country'] === 'SE' && identities.length === 1)).toBe(true);
  });

  it('counts a composition of segments that were never evaluated', async () => {
    const [all, north] = [aSegment({ combinator: 'and', rules: [] }), aSegment(inSweden)];
    await rig.define(all, north);

    const answer = await eventually(async () => {
      const given = await estimate({ composition: { op: 'exclude', from: { op: 'audience', audienceId: all.id }, remove: [{ op: 'audience', audienceId: north.id }] } });
      expect(given.status).toBe(200);
      return given;
    });

    expect(answer.body).toMatchObject({ count: 5 });
  });

  it('names every fault of rules and compositions with 422', async () => {
    const rules: RuleGroup = { combinator: 'and', rules: [{ field: 'attributes.a', operator: 'between', value: 1 }, { field: 'createdAt', operator: 'contains', value: 'x' }] };

    const [byRules, byComposition] = await Promise.all([estimate({ rules }), estimate({ composition: { op: 'audience', audienceId: 'nobody' } })]);

    expect(byRules).toMatchObject({ status: 422, body: { code: 'INVALID_AUDIENCE', errors: [{ path: '/rules/rules/0' }, { path: '/rules/rules/1' }] } });
    expect(byComposition).toMatchObject({ status: 422, body: { code: 'INVALID_AUDIENCE', errors: [{ path: '/composition' }] } });
    expect((await estimate({})).status).toBe(400);
  });
});

describe(`${EvaluationController.name}: an evaluation`, () => {
  it('is answered at once and completed soon, and its members are those that the rules match', async () => {
    const audience = aSegment(inSweden);
    await rig.define(audience);

    const { status, body } = await rig.call('POST', `/audiences/${audience.id}/evaluate`);
    const completed = await eventually(async () => {
      const [last] = await rig.history(audience.id);
      expect(last?.status).toBe('Completed');
      return last;
    });

    expect([status, Evaluation.parse(body).status]).toEqual([202, 'Running']);
    expect(completed).toMatchObject({ evaluationId: body['evaluationId'], size: 30, error: null });
    expect([...(await rig.members(audience.id, 7)).keys()].sort()).toEqual(idsOf(swedes));
  });

  it('waits for an edit that is on its way, and is of the audience as that made it', async () => {
    const audience = aSegment(inSweden, { revision: 1 });
    await rig.define(audience);
    await rig.evaluate(audience);

    const asked = rig.call('POST', `/audiences/${audience.id}/evaluate?revision=2`);
    await eventually(async () => expect((await rig.call('GET', `/audiences/${audience.id}/evaluations`)).status).toBe(200));
    const meanwhile = (await rig.history(audience.id)).length;
    await rig.define({ ...audience, revision: 2, rules: where('country', 'DK') });

    expect((await asked).status).toBe(202);
    expect(meanwhile).toBe(1);
    await eventually(async () => expect((await rig.history(audience.id))[0]).toMatchObject({ status: 'Completed', size: danes.length }));
  });

  it('says that an edit has not arrived, and begins nothing', async () => {
    const audience = aSegment(inSweden, { revision: 1 });
    await rig.define(audience);

    const refused = await rig.call('POST', `/audiences/${audience.id}/evaluate?revision=2`);

    expect(refused).toMatchObject({ status: 503, body: { code: 'AUDIENCE_EDIT_ON_ITS_WAY' } });
    expect(await rig.history(audience.id)).toEqual([]);
  });

  it('is one at a time for each audience, however often it is asked for', async () => {
    const audience = aSegment(inSweden);
    await rig.define(audience);
    await rig.evaluate(audience);
    await rig.admin.query('BEGIN');
    await rig.admin.query('LOCK TABLE audiences.members IN SHARE MODE');

    const asked = await Promise.all(Array.from({ length: 5 }, () => rig.call('POST', `/audiences/${audience.id}/evaluate`)));
    await rig.admin.query('COMMIT');

    expect(new Set(asked.map(({ body }) => body['evaluationId'])).size).toBe(1);
    await eventually(async () => expect((await rig.history(audience.id)).map(({ status }) => status)).toEqual(['Completed', 'Completed']));
  });

  it('keeps the evaluations, newest first and page by page', async () => {
    const audience = aSegment(inSweden);
    await rig.define(audience);
    const ids: string[] = [];
    for (let time = 0; time < 3; time += 1) ids.unshift((await rig.evaluate(audience)).evaluationId);

    const first = await rig.call('GET', `/audiences/${audience.id}/evaluations?limit=2`);
    const second = await rig.call('GET', `/audiences/${audience.id}/evaluations?limit=2&cursor=${String(first.body['nextCursor'])}`);
    const latest = await rig.call('POST', '/audiences/latest', { ids: [audience.id, 'nobody', audience.id] });

    expect([first, second].flatMap(({ body }) => (body['items'] as Evaluation[]).map(({ evaluationId }) => evaluationId))).toEqual(ids);
    expect(second.body['nextCursor']).toBeNull();
    expect(latest.body).toEqual({ evaluations: [expect.objectContaining({ evaluationId: ids[0], size: 30 })] });
  });

  it('fails with a sentence when its rules cost too much or take too long, and the audience keeps its members', async () => {
    const audience = aSegment(inSweden);
    await rig.define(audience);
    await rig.evaluate(audience);
    await rig.endAll();

    await rig.start({ AUDIENCE_MAX_COST: '0.01' });
    const costly = await rig.evaluate(audience);
    await rig.endAll();
    await rig.start({ AUDIENCE_STATEMENT_TIMEOUT_MS: '300' });
    await rig.admin.query('BEGIN');
    await rig.admin.query('LOCK TABLE audiences.members IN SHARE MODE');
    const slow = await rig.evaluate(audience);
    await rig.admin.query('COMMIT');

    expect(costly).toMatchObject({ status: 'Failed', error: expect.stringContaining("planner's units") });
    expect(slow).toMatchObject({ status: 'Failed', error: expect.stringContaining('longer than 0.3 s') });
    expect((await rig.members(audience.id)).size).toBe(30);
    await rig.endAll();
    await rig.start();
  });

  it('is counted by its end', async () => {
    const audience = aSegment(inSweden);
    await rig.define(audience);
    const before = await rig.metric('audience_evaluations_total', 'completed');
    await rig.evaluate(audience);

    expect(await rig.metric('audience_evaluations_total', 'completed')).toBe(before + 1);
    expect(await rig.metric('audience_evaluation_seconds_count', 'completed')).toBe(before + 1);
  });

  it('is refused for an upload, for rules with faults, for a composition without members, and for what does not exist', async () => {
    const upload = anAudience({ source: 'upload' });
    const faulty = aSegment({ combinator: 'and', rules: [{ field: 'attributes.a', operator: '<', value: true }] });
    const composed = aComposition({ op: 'audience', audienceId: upload.id });
    await rig.define(upload, faulty, composed);

    const answers = await Promise.all([upload.id, faulty.id, composed.id, randomUUID()].map((id) => rig.call('POST', `/audiences/${id}/evaluate`)));
    const elsewhere = await rig.call('POST', `/audiences/${faulty.id}/evaluate?tenantId=acme/dev`);

    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
      [422, 'INVALID_AUDIENCE'], [422, 'INVALID_AUDIENCE'], [422, 'INVALID_AUDIENCE'], [404, 'AUDIENCE_NOT_FOUND'],
    ]);
    expect(elsewhere.status).toBe(404);
  });
});

describe(MembersController.name, () => {
  it('pages through one evaluation, also while another takes its place, with identities', async () => {
    const audience = aSegment(inSweden);
    await rig.define(audience);
    await rig.evaluate(audience);
    const first = await rig.call('GET', `/audiences/${audience.id}/members?limit=20`);
    await store(rig.database.adminUrl, [aProfile({ attributes: { country: 'SE' } })]);
    await rig.evaluate(audience);

    const second = await rig.call('GET', `/audiences/${audience.id}/members?limit=20&cursor=${String(first.body['nextCursor'])}`);

    const items = [first, second].flatMap(({ body }) => body['items'] as AudienceMember[]);
    expect(items.map(({ profileId }) => profileId).sort()).toEqual(idsOf(swedes));
    expect(AudienceMember.parse(items[0])).toEqual({ profileId: items[0]?.profileId, attributes: {}, identities: swedes.find(({ id }) => id === items[0]?.profileId)?.identities });
    expect((await rig.members(audience.id)).size).toBe(31);
  });

  it('opens no other audience by its cursor, and no tenant by another one', async () => {
    const [one, other] = [aSegment(inSweden), aSegment(inSweden)];
    await rig.define(one, other);
    await rig.evaluate(one);
    const { body } = await rig.call('GET', `/audiences/${one.id}/members?limit=2`);

    const byCursor = await rig.call('GET', `/audiences/${other.id}/members?cursor=${String(body['nextCursor'])}`);
    const byTenant = await rig.call('GET', `/audiences/${one.id}/members?tenantId=acme/dev`);
    const forged = await rig.call('GET', `/audiences/${one.id}/members?cursor=${Buffer.from('[1,2]').toString('base64url')}`);

    expect([byCursor.body, byTenant.body]).toEqual([{ items: [], nextCursor: null }, { items: [], nextCursor: null }]);
    expect(forged).toMatchObject({ status: 400, body: { code: 'INVALID_QUERY' } });
  });
});
