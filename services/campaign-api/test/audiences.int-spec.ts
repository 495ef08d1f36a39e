import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMPOSITION_LIMITS, type Audience, type AudienceDefinition } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { aCampaign, aComposition, aMarketingCampaign, aSegment, aStoredAudience, marketing, type AdminClient, type Refusal } from './admin-client.js';
import { ACME, GLOBEX, RunningApi, type ConfigurationLog } from './running-api.js';

const MISSING = '0198f5a2-0000-7000-8000-00000000dead';
const anUpload = { name: 'Fair', source: 'upload', rules: undefined };

describe('audiences', () => {
  let api: RunningApi;
  let admin: AdminClient;
  let globex: AdminClient;
  let log: ConfigurationLog;

  beforeAll(async () => {
    api = await RunningApi.prepare();
    const app = await api.start();
    admin = api.as(ACME);
    globex = await api.establish(app, GLOBEX);
    log = await api.follow();
  }, 60_000);

  afterAll(() => api.drop());

  const faultsOf = (errors: Refusal['errors']): string[][] => (errors ?? []).map(({ path, code }) => [path, code]);
  const refused = async (body: unknown): Promise<string[][]> => {
    const answer = await admin.post<Refusal>('/audiences', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_BODY' } });
    return faultsOf(answer.body.errors);
  };
  const published = (id: string): (AudienceDefinition | undefined)[] => log.statesOf<AudienceDefinition>('audience', id);
  const names = async (query: string): Promise<string[]> => (await admin.get<{ items: Audience[] }>(`/audiences?${query}`)).body.items.map(({ name }) => name);

  it('are made, read, edited and deleted, and every step is published', async () => {
    const created = await admin.post<Audience>('/audiences', aSegment({ evaluationSchedule: { cron: '0 6 * * *', timeZone: 'Europe/Stockholm' } }));
    const { id } = created.body;
    const edited = await admin.patch<Audience>(`/audiences/${id}`, { name: 'Danes', evaluationSchedule: null }, created.headers['etag']);
    const stale = await admin.patch(`/audiences/${id}`, { name: 'Finns' }, created.headers['etag']);
    const read = await admin.get<Audience>(`/audiences/${id}`);
    const deleted = await admin.delete(`/audiences/${id}`);

    expect(created).toMatchObject({ status: 201, body: { name: 'Swedes', source: 'segment', published: true, composition: null, evaluation: null, createdBy: ACME.apiKey } });
    expect([edited.status, stale.status, deleted.status, (await admin.get(`/audiences/${id}`)).status]).toEqual([200, 412, 204, 404]);
    expect(read.body).toEqual(edited.body);
    expect(read.headers['etag']).toBe('"2"');
    await eventually(() => expect(published(id).length).toBeGreaterThanOrEqual(3));
    expect(published(id).at(0)).toMatchObject({ tenantId: 'acme/prod', rules: aSegment()['rules'], evaluationSchedule: { cron: '0 6 * * *', timeZone: 'Europe/Stockholm' } });
    expect(published(id).at(-1)).toBeUndefined();
  });

  it('are found by part of their name whatever its case, by source, and page by page', async () => {
    for (const name of ['Ängelholm north', 'ÄNGELHOLM south', '100% off']) await aStoredAudience(admin, { name });
    await aStoredAudience(admin, { ...anUpload, name: 'ängelholm list' });
    const first = await admin.get<{ items: Audience[]; nextCursor: string }>('/audiences?search=%C3%A4ngel&limit=2');

    expect(first.body.items.map(({ name }) => name)).toEqual(['ängelholm list', 'ÄNGELHOLM south']);
    expect(await names(`search=%C3%A4ngel&limit=2&cursor=${first.body.nextCursor}`)).toEqual(['Ängelholm north']);
    expect(await names('search=%C3%A4ngel&source=upload')).toEqual(['ängelholm list']);
    expect(await names('search=0%25')).toEqual(['100% off']);
    expect((await admin.get('/audiences?source=list')).status).toBe(400);
  });

  it('are refused with every fault at its place', async () => {
    const rules = { combinator: 'and', rules: [{ field: 'attributes.a', operator: 'in', value: 'x' }, { combinator: 'or', rules: [{ field: 'dataset', operator: 'null' }] }] };
    const malformed = { combinator: 'and', rules: [{ field: 'shoeSize', operator: '=', value: 1 }, { field: 'dataset', operator: 'like', value: 'x' }] };

    expect(await refused(aSegment({ rules, evaluationSchedule: { cron: '* * * * *' } }))).toEqual([
      ['/rules/rules/0/value', 'VALUE_MISMATCH'], ['/rules/rules/1/rules/0/operator', 'OPERATOR_MISMATCH'], ['/evaluationSchedule/cron', 'TOO_OFTEN'],
    ]);
    expect(await refused(aSegment({ rules: malformed }))).toEqual([['/rules/rules/0/field', 'INVALID'], ['/rules/rules/1/operator', 'INVALID']]);
    expect(await refused({ name: 'x', source: 'segment' })).toEqual([['/rules', 'REQUIRED']]);
    expect(await refused({ name: 'x', source: 'composition' })).toEqual([['/composition', 'REQUIRED']]);
    expect(await refused(aSegment({ source: 'upload', published: false, evaluationSchedule: { cron: '0 6 * * *' } }))).toEqual([
      ['/rules', 'SOURCE_MISMATCH'], ['/published', 'SOURCE_MISMATCH'], ['/evaluationSchedule', 'SOURCE_MISMATCH'],
    ]);
    expect(await refused(aSegment({ evaluationSchedule: { cron: '0 6 * * *', timeZone: 'Mars/Base' } }))).toEqual([['/evaluationSchedule/timeZone', 'INVALID']]);
  });

  it('are refused, not fatal, however deep their rules are nested', async () => {
    const depth = 20_000;
    const body = `{"name":"x","source":"segment","rules":${'{"combinator":"and","rules":['.repeat(depth)}${']}'.repeat(depth)}}`;

    const answer = await admin.call<Refusal>('POST', '/audiences', body);

    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ code: 'TOO_DEEP' })]);
  });

  it('keep their source, and with it what belongs to them', async () => {
    const upload = await aStoredAudience(admin, anUpload);

    const answer = await admin.patch<Refusal>(`/audiences/${upload}`, { rules: aSegment()['rules'] }, '*');
    const source = await admin.patch<Refusal>(`/audiences/${upload}`, { source: 'segment' }, '*');

    expect([answer.status, source.status]).toEqual([400, 400]);
    expect([...faultsOf(answer.body.errors), ...faultsOf(source.body.errors)]).toEqual([['/rules', 'SOURCE_MISMATCH'], ['/source', 'UNKNOWN_FIELD']]);
  });

  describe('composed of others', () => {
    it('are made of segments and uploads of the same sandbox only', async () => {
      const [segment, upload, foreign] = [await aStoredAudience(admin), await aStoredAudience(admin, anUpload), await aStoredAudience(globex)];
      const composition = await admin.post<Audience>('/audiences', aComposition([segment, upload], { published: undefined }));

      expect(composition).toMatchObject({ status: 201, body: { published: false, rules: null } });
      expect(await refused(aComposition([segment, foreign, MISSING, 'nonsense', composition.body.id], { published: false }))).toEqual([
        ['/composition/of/1/audienceId', 'UNKNOWN'], ['/composition/of/2/audienceId', 'UNKNOWN'], ['/composition/of/3/audienceId', 'UNKNOWN'],
        ['/composition/of/4/audienceId', 'COMPOSITION'],
      ]);
      await admin.delete(`/audiences/${composition.body.id}`);
    });

    it('keep their parts from being deleted', async () => {
      const part = await aStoredAudience(admin);
      const composition = await aStoredAudience(admin, { ...aComposition([part]), rules: undefined });

      const refusal = await admin.delete<Refusal>(`/audiences/${part}`);
      await admin.delete(`/audiences/${composition}`);
      const deleted = await admin.delete(`/audiences/${part}`);

      expect(refusal).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
      expect(refusal.body.detail).toContain(composition);
      expect(deleted.status).toBe(204);
    });

    it('are published at most ten in a sandbox, however many publish at once', async () => {
      const part = await aStoredAudience(admin);
      const drafts = await Promise.all(Array.from({ length: COMPOSITION_LIMITS.published + 4 }, () => aStoredAudience(admin, { ...aComposition([part], { published: false }), rules: undefined })));

      const answers = await Promise.all(drafts.map((id) => admin.patch<Refusal & Audience>(`/audiences/${id}`, { published: true }, '*')));
      const made = await admin.post<Refusal>('/audiences', aComposition([part]));

      const refusals = answers.filter(({ status }) => status === 409);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(COMPOSITION_LIMITS.published);
      expect(new Set(refusals.map(({ body }) => body.code))).toEqual(new Set(['TOO_MANY_COMPOSITIONS']));
      expect(made).toMatchObject({ status: 409, body: { code: 'TOO_MANY_COMPOSITIONS' } });
      const one = answers.find(({ status }) => status === 200)?.body.id ?? '';
      expect((await admin.patch(`/audiences/${one}`, { name: 'Still published' }, '*')).status).toBe(200);
      expect((await admin.patch(`/audiences/${one}`, { published: false }, '*')).status).toBe(200);
      expect((await admin.patch(`/audiences/${refusals[0]?.body.id ?? drafts.find((id) => !answers.some(({ body }) => body.id === id)) ?? ''}`, { published: true }, '*')).status).toBe(200);
      await Promise.all(drafts.map((id) => admin.delete(`/audiences/${id}`)));
    }, 60_000);
  });

  describe('that campaigns use', () => {
    it('are kept until the campaign is over or gone', async () => {
      const [ofDraft, ofLive] = [await aStoredAudience(admin), await aStoredAudience(admin)];
      const draft = await admin.post<{ id: string }>('/campaigns', aCampaign(null, marketing(ofDraft)));
      const live = await aMarketingCampaign(admin, ofLive);
      await admin.post(`/campaigns/${live.id}/activate`);

      const kept = [await admin.delete<Refusal>(`/audiences/${ofDraft}`), await admin.delete<Refusal>(`/audiences/${ofLive}`)];
      await admin.delete(`/campaigns/${draft.body.id}`);
      await admin.post(`/campaigns/${live.id}/stop`);
      const gone = [await admin.delete(`/audiences/${ofDraft}`), await admin.delete(`/audiences/${ofLive}`)];

      expect(kept.map(({ status, body }) => [status, body.code])).toEqual([[409, 'CONFLICT'], [409, 'CONFLICT']]);
      expect(gone.map(({ status }) => status)).toEqual([204, 204]);
    });

    it('stay published while the campaign is live', async () => {
      const part = await aStoredAudience(admin);
      const composition = await aStoredAudience(admin, { ...aComposition([part]), rules: undefined });
      const { id } = await aMarketingCampaign(admin, composition);
      await admin.post(`/campaigns/${id}/activate`);

      const refusal = await admin.patch<Refusal>(`/audiences/${composition}`, { published: false }, '*');
      await admin.post(`/campaigns/${id}/stop`);
      const drafted = await admin.patch(`/audiences/${composition}`, { published: false }, '*');

      expect([refusal.status, drafted.status]).toEqual([409, 200]);
    });
  });
});
