import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CampaignState, CampaignVersion } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { aCampaign, aChannelConfiguration, aStoredCampaign, type AdminClient, type Refusal } from './admin-client.js';
import { ACME, RunningApi, type ConfigurationLog } from './running-api.js';

interface Campaign {
  id: string;
  name: string;
  status: string;
  version: number;
  liveVersion: number | null;
  draftVersion: number | null;
  content: { subject: string };
  [field: string]: unknown;
}

describe('campaigns', () => {
  let api: RunningApi;
  let admin: AdminClient;
  let log: ConfigurationLog;

  beforeAll(async () => {
    api = await RunningApi.prepare();
    await api.start({ INGEST_PUBLIC_URL: 'https://ingest.test' });
    admin = api.as(ACME);
    log = await api.follow();
  }, 60_000);

  afterAll(() => api.drop());

  const get = async (id: string): Promise<Campaign> => (await admin.get<Campaign>(`/campaigns/${id}`)).body;
  const lastState = (id: string): CampaignState | undefined => log.statesOf<CampaignState>('campaign', id).at(-1);

  it('go from draft to live to stopped to archived, and every step is published', async () => {
    const { id } = await aStoredCampaign(admin);
    expect(await get(id)).toMatchObject({ status: 'Draft', version: 1, liveVersion: null, draftVersion: 1, kind: 'transactional' });

    const activated = await admin.post<Campaign>(`/campaigns/${id}/activate`, {});
    const stopped = await admin.post<Campaign>(`/campaigns/${id}/stop`);
    const archived = await admin.post<Campaign>(`/campaigns/${id}/archive`);

    expect([activated, stopped, archived].map(({ status, body }) => [status, body.status])).toEqual([[200, 'Live'], [200, 'Stopped'], [200, 'Archived']]);
    await eventually(() => expect(lastState(id)).toMatchObject({ status: 'Archived' }));
  });

  it('are published with a version that everything needed for sending is in, before the state that names it', async () => {
    const { id } = await aStoredCampaign(admin);

    await admin.post(`/campaigns/${id}/activate`);

    const state = await eventually(() => {
      const found = lastState(id);
      expect(found).toMatchObject({ status: 'Live', tenantId: 'acme/prod', throughput: 'standard', campaignKind: 'transactional' });
      return found;
    });
    const versionId = state?.liveVersionId ?? '';
    const [version] = log.statesOf<CampaignVersion>('campaign-version', versionId);
    expect(version).toMatchObject({
      campaignId: id, version: 1, identityType: 'email', unknownProfiles: 'refuse', enableWebhooks: true, unknownOutcome: 'never-twice',
      content: { subject: 'Order {{context.order}}', listUnsubscribe: null }, contextSchema: { type: 'object', required: ['order'] },
    });
    const keys = log.keys();
    expect(keys.indexOf(`campaign-version:${versionId}`)).toBeLessThan(keys.lastIndexOf(`campaign:${id}`));
  });

  it('list every reason that keeps them from being activated, also without activating', async () => {
    const created = await admin.post<Campaign>('/campaigns', aCampaign('0198f5a2-0000-7000-8000-00000000dead', {
      content: { subject: '{{ context.order | nope', html: '<p>{{ secret }}</p>', text: 'Hello' },
      audience: { identityType: 'loyalty' },
      schedule: { endAt: '2020-01-01T00:00:00Z' },
    }));

    const validated = await admin.post<{ valid: boolean; errors: Refusal['errors'] }>(`/campaigns/${created.body.id}/validate`);
    const activated = await admin.post<Refusal>(`/campaigns/${created.body.id}/activate`);

    expect(activated).toMatchObject({ status: 422, body: { code: 'UNPROCESSABLE' } });
    expect(activated.headers['content-type']).toContain('application/problem+json');
    expect(new Set(activated.body.errors?.map(({ path }) => path))).toEqual(
      new Set(['/channelConfigurationId', '/audience/identityType', '/schedule/endAt', '/content/subject', '/content/html']),
    );
    expect(validated).toMatchObject({ status: 200, body: { valid: false, errors: activated.body.errors } });
    expect(await get(created.body.id)).toMatchObject({ status: 'Draft' });
  });

  it('are refused when a variable is not in their own context schema, or the schema is none', async () => {
    const narrow = await aStoredCampaign(admin, { contextSchema: { type: 'object', properties: { total: { type: 'number' } } } });
    const broken = await aStoredCampaign(admin, { contextSchema: { type: 'nonsense' } });
    const fitting = await aStoredCampaign(admin, { contextSchema: { type: 'object', properties: { order: { type: 'integer' } } } });

    const answers = await Promise.all([narrow, broken, fitting].map(({ id }) => admin.post<Refusal>(`/campaigns/${id}/activate`)));

    expect(answers.map(({ status }) => status)).toEqual([422, 422, 200]);
    expect(answers[0]?.body.errors).toEqual([expect.objectContaining({ code: 'UNKNOWN_VARIABLE' })]);
    expect(answers[1]?.body.errors).toEqual([expect.objectContaining({ path: '/contextSchema' })]);
  });

  it('are edited under If-Match only: 428 without, 412 when somebody was faster', async () => {
    const { id, etag } = await aStoredCampaign(admin);

    const without = await admin.patch<Refusal>(`/campaigns/${id}`, { name: 'A' });
    const first = await admin.patch<Campaign>(`/campaigns/${id}`, { name: 'B' }, etag);
    const second = await admin.patch<Refusal>(`/campaigns/${id}`, { name: 'C' }, etag);

    expect([without.status, first.status, second.status]).toEqual([428, 200, 412]);
    expect([without.body.code, second.body.code]).toEqual(['PRECONDITION_REQUIRED', 'PRECONDITION_FAILED']);
    expect(first.headers['etag']).not.toBe(etag);
    expect(await get(id)).toMatchObject({ name: 'B', content: { subject: 'Order {{context.order}}' } });
  });

  it('let one of many editors win who read the same state', async () => {
    const { id, etag } = await aStoredCampaign(admin);

    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => admin.patch(`/campaigns/${id}`, { name: `editor ${n}` }, etag)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 412)]);
  });

  it('keep the live version while a draft beside it is edited, until that is activated', async () => {
    const { id } = await aStoredCampaign(admin);
    const live = await admin.post<Campaign>(`/campaigns/${id}/activate`);
    const subject = { ...(live.body.content as object), subject: 'Second {{context.order}}' };

    const edited = await admin.patch<Campaign>(`/campaigns/${id}`, { content: subject }, live.headers['etag']);
    await eventually(() => expect(log.statesOf('campaign', id).length).toBeGreaterThanOrEqual(3));
    const firstLive = lastState(id)?.liveVersionId;
    const replaced = await admin.post<Campaign>(`/campaigns/${id}/activate`);

    expect(edited.body).toMatchObject({ status: 'Live', version: 2, liveVersion: 1, draftVersion: 2 });
    expect(replaced.body).toMatchObject({ status: 'Live', version: 2, liveVersion: 2, draftVersion: null });
    const versions = await admin.get<{ items: { version: number; state: string; content: { subject: string } }[] }>(`/campaigns/${id}/versions`);
    expect(versions.body.items.map(({ version, state, content }) => [version, state, content.subject])).toEqual([
      [2, 'live', 'Second {{context.order}}'], [1, 'replaced', 'Order {{context.order}}'],
    ]);
    expect((await admin.get(`/campaigns/${id}/versions/1`)).body).toMatchObject({ version: 1, state: 'replaced' });
    expect((await admin.get(`/campaigns/${id}/versions/9`)).status).toBe(404);
    await eventually(() => expect(lastState(id)?.liveVersionId).not.toBe(firstLive));
  });

  it('change nothing when an action is repeated, and refuse what their status does not permit', async () => {
    const { id } = await aStoredCampaign(admin);
    await admin.post(`/campaigns/${id}/activate`);

    const again = await admin.post<Campaign>(`/campaigns/${id}/activate`);
    const deleted = await admin.delete<Refusal>(`/campaigns/${id}`);
    await admin.post(`/campaigns/${id}/stop`);
    const stoppedAgain = await admin.post<Campaign>(`/campaigns/${id}/stop`);
    const reactivated = await admin.post<Refusal>(`/campaigns/${id}/activate`);
    const edited = await admin.patch<Refusal>(`/campaigns/${id}`, { name: 'x' }, '*');

    expect([again.status, stoppedAgain.status]).toEqual([200, 200]);
    expect([deleted, reactivated, edited].map(({ status, body }) => [status, body.code])).toEqual([[409, 'CONFLICT'], [409, 'CONFLICT'], [409, 'CONFLICT']]);
  });

  it('are deleted as drafts only, with a tombstone', async () => {
    const { id } = await aStoredCampaign(admin);

    const deleted = await admin.delete(`/campaigns/${id}`);

    expect(deleted.status).toBe(204);
    expect(await admin.get(`/campaigns/${id}`)).toMatchObject({ status: 404, body: { code: 'CAMPAIGN_NOT_FOUND' } });
    await eventually(() => {
      expect(log.keys()).toContain(`campaign:${id}`);
      expect(lastState(id)).toBeUndefined();
    });
  });

  it('begin and end by themselves', async () => {
    const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
    const { id } = await aStoredCampaign(admin, { schedule: { startAt: inMs(1_500), endAt: inMs(4_000) } });

    const activated = await admin.post<Campaign>(`/campaigns/${id}/activate`);

    expect(activated.body).toMatchObject({ status: 'Scheduled' });
    await eventually(() => expect(lastState(id)).toMatchObject({ status: 'Completed' }));
    const order = ['Draft', 'Scheduled', 'Live', 'Completed'];
    const seen = log.statesOf<CampaignState>('campaign', id).map((state): string => state?.status ?? '');
    expect(seen).toEqual(order.filter((status) => seen.includes(status)));
    expect((await get(id)).status).toBe('Completed');
  });

  it('are duplicated as drafts without a schedule', async () => {
    const { id } = await aStoredCampaign(admin, { schedule: { startAt: '2030-01-01T00:00:00Z' }, tags: ['orders'] });

    const copy = await admin.post<Campaign>(`/campaigns/${id}/duplicate`);

    expect(copy).toMatchObject({
      status: 201,
      body: { name: 'Copy of Order shipped', status: 'Draft', version: 1, tags: ['orders'], schedule: { startAt: null }, content: { subject: 'Order {{context.order}}' } },
    });
    expect(copy.body.id).not.toBe(id);
  });

  it('show what a recipient would get, and where the sample does not fit', async () => {
    const { id } = await aStoredCampaign(admin);

    const good = await admin.post(`/campaigns/${id}/preview`, { profile: { firstName: '<Ada>' }, context: { order: 7 } });
    const lacking = await admin.post(`/campaigns/${id}/preview`, { profile: { firstName: 'Ada' } });

    expect(good).toMatchObject({ status: 200, body: { subject: 'Order 7', html: '<p>Hello &lt;Ada&gt;</p>', text: 'Hello <Ada>', contextErrors: [] } });
    expect(lacking.body['contextErrors']).toEqual([expect.objectContaining({ path: '/order' })]);
  });

  it('give a command that can be pasted into a shell', async () => {
    const { id } = await aStoredCampaign(admin);

    const { body } = await admin.get<{ command: string; body: unknown }>(`/campaigns/${id}/curl`);

    expect(body.command).toContain('curl -X POST "https://ingest.test/im/executions/unitary"');
    expect(body.command).toContain(`-H 'x-gw-ims-org-id: acme'`);
    expect(body.body).toMatchObject({ campaignId: id, recipients: [{ type: 'aep', userId: 'ada@example.com', namespace: 'email', context: { order: 'text' } }] });
  });

  it('are listed newest first, page by page, and by status', async () => {
    const made = [];
    for (let n = 0; n < 5; n++) made.push((await aStoredCampaign(admin, { name: `page ${n}` })).id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { body: { items: Campaign[]; nextCursor: string | null } } = await admin.get(`/campaigns?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.nextCursor;
    }

    expect(seen.slice(0, 5)).toEqual([...made].reverse());
    expect(new Set(seen).size).toBe(seen.length);
    const drafts = await admin.get<{ items: Campaign[] }>('/campaigns?status=Archived');
    expect(new Set(drafts.body.items.map(({ status }) => status))).toEqual(new Set(['Archived']));
  });

  it('hold on to their channel configuration while they run', async () => {
    const configuration = await admin.post<{ id: string }>('/channel-configurations', aChannelConfiguration());
    const campaign = await admin.post<Campaign>('/campaigns', aCampaign(configuration.body.id));
    await admin.post(`/campaigns/${campaign.body.id}/activate`);

    const refused = await admin.delete(`/channel-configurations/${configuration.body.id}`);
    await admin.post(`/campaigns/${campaign.body.id}/stop`);
    const deleted = await admin.delete(`/channel-configurations/${configuration.body.id}`);

    expect([refused.status, deleted.status]).toEqual([409, 204]);
    await eventually(() => expect(log.statesOf('channel-configuration', configuration.body.id).at(-1)).toBeUndefined());
  });
});
