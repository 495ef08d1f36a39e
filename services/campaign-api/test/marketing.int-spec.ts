import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Audience, CampaignState, CampaignVersion, SandboxSettings } from '@postrider/contracts';
import { eventually } from '@postrider/testing';
import { aCampaign, aChannelConfiguration, aComposition, aMarketingCampaign, aStoredAudience, aStoredCampaign, marketing, type AdminClient, type Refusal } from './admin-client.js';
import { ACME, GLOBEX, RunningApi, type ConfigurationLog } from './running-api.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

interface Campaign {
  id: string;
  status: string;
  audience: { audienceId: string | null; identityType: string };
  sendRatePerSecond: number | null;
  schedule: { startAt: string | null; endAt: string | null; timeZone: string };
}

describe('marketing campaigns', () => {
  let api: RunningApi;
  let admin: AdminClient;
  let log: ConfigurationLog;
  let audienceId: string;

  beforeAll(async () => {
    api = await RunningApi.prepare();
    const app = await api.start({ INGEST_PUBLIC_URL: 'https://ingest.test' });
    await api.establish(app, GLOBEX);
    admin = api.as(ACME);
    log = await api.follow();
    audienceId = await aStoredAudience(admin);
  }, 60_000);

  afterAll(() => api.drop());

  const faultsOf = (errors: Refusal['errors']): string[][] => (errors ?? []).map(({ path, code }) => [path, code]);
  const lastState = (id: string): CampaignState | undefined => log.statesOf<CampaignState>('campaign', id).at(-1);
  const refusalOf = async (id: string): Promise<string[][]> => faultsOf((await admin.post<Refusal>(`/campaigns/${id}/activate`)).body.errors);

  it('go live with their audience and send rate, which are published with the version', async () => {
    const { id } = await aMarketingCampaign(admin, audienceId, { sendRatePerSecond: 500 });

    const activated = await admin.post<Campaign>(`/campaigns/${id}/activate`);

    expect(activated).toMatchObject({ status: 200, body: { status: 'Live', sendRatePerSecond: 500, audience: { audienceId, identityType: 'email' } } });
    const state = await eventually(() => {
      expect(lastState(id)).toMatchObject({ status: 'Live', campaignKind: 'marketing' });
      return lastState(id);
    });
    expect(log.statesOf<CampaignVersion>('campaign-version', state?.liveVersionId ?? '').at(-1)).toMatchObject({ audienceId, sendRatePerSecond: 500, identityType: 'email' });
  });

  it('are previewed, copied, listed by version and shown as a call like others', async () => {
    const { id } = await aMarketingCampaign(admin, audienceId, { sendRatePerSecond: 20 });

    const preview = await admin.post<{ subject: string; html: string }>(`/campaigns/${id}/preview`, { profile: { firstName: 'Ada' }, context: { order: 7 } });
    const copy = await admin.post<Campaign>(`/campaigns/${id}/duplicate`);
    const versions = await admin.get<{ items: Campaign[] }>(`/campaigns/${id}/versions`);
    const curl = await admin.get<{ command: string; body: unknown }>(`/campaigns/${id}/curl`);

    expect(preview.body).toMatchObject({ subject: 'Order 7', html: '<p>Hello Ada</p>' });
    expect(copy).toMatchObject({ status: 201, body: { kind: 'marketing', status: 'Draft', sendRatePerSecond: 20, audience: { audienceId } } });
    expect(versions.body.items).toMatchObject([{ sendRatePerSecond: 20, audience: { audienceId } }]);
    expect(curl.body.command).toContain('https://ingest.test/im/executions/audience');
    expect(curl.body.body).toEqual({ requestId: 'request-1', campaignId: id, audience: { id: audienceId }, context: { order: 'text' } });
  });

  it('and transactional ones refuse what belongs to the other kind, when made and when edited', async () => {
    const transactional = await aStoredCampaign(admin);
    const { id } = await aMarketingCampaign(admin, audienceId);
    const wrong = { audience: { audienceId, identityType: 'email', enableWebhooks: true }, sendRatePerSecond: 10, throughput: 'high' };

    const answers = [
      await admin.post<Refusal>('/campaigns', aCampaign(null, wrong)), await admin.patch<Refusal>(`/campaigns/${transactional.id}`, wrong, '*'),
      await admin.post<Refusal>('/campaigns', aCampaign(null, { ...wrong, kind: 'marketing' })), await admin.patch<Refusal>(`/campaigns/${id}`, wrong, '*'),
    ];

    const marketingOnly = [['/audience/audienceId', 'MARKETING_ONLY'], ['/sendRatePerSecond', 'MARKETING_ONLY']];
    const transactionalOnly = [['/throughput', 'TRANSACTIONAL_ONLY'], ['/audience/enableWebhooks', 'TRANSACTIONAL_ONLY']];
    expect(answers.map(({ status, body }) => [status, faultsOf(body.errors)])).toEqual([
      [400, marketingOnly], [400, marketingOnly], [400, transactionalOnly], [400, transactionalOnly],
    ]);
  });

  it('need an audience that exists here and is published, and a configuration for marketing', async () => {
    const foreign = await aStoredAudience(api.as(GLOBEX));
    const draft = await admin.post<Audience>('/audiences', aComposition([audienceId], { published: false }));
    const orders = await admin.post<{ id: string }>('/channel-configurations', aChannelConfiguration());
    const byOrders = await admin.post<Campaign>('/campaigns', aCampaign(orders.body.id, marketing(audienceId)));
    const idOf = async (audience: string | null): Promise<string> => (await aMarketingCampaign(admin, audience)).id;

    expect(await refusalOf(await idOf(null))).toEqual([['/audience/audienceId', 'REQUIRED']]);
    expect(await refusalOf(await idOf('nonsense'))).toEqual([['/audience/audienceId', 'UNKNOWN']]);
    expect(await refusalOf(await idOf(foreign))).toEqual([['/audience/audienceId', 'UNKNOWN']]);
    expect(await refusalOf(await idOf(draft.body.id))).toEqual([['/audience/audienceId', 'AUDIENCE_NOT_PUBLISHED']]);
    expect(await refusalOf(byOrders.body.id)).toEqual([['/channelConfigurationId', 'CATEGORY_MISMATCH']]);
  });

  it('are refused at activation too what only an older draft can hold', async () => {
    const { id } = await aStoredCampaign(admin);
    await api.sql('UPDATE campaigns.campaign_versions SET send_rate_per_second = 5, audience_id = $2 WHERE campaign_id = $1', [id, audienceId]);

    expect(await refusalOf(id)).toEqual([['/audience/audienceId', 'MARKETING_ONLY'], ['/sendRatePerSecond', 'MARKETING_ONLY']]);
  });

  it('identify members by a namespace that was made on the spot', async () => {
    const audience = { audienceId, identityType: 'LoyaltyNo' };
    const { id } = await aMarketingCampaign(admin, audienceId, { audience });

    const before = await refusalOf(id);
    await admin.post('/namespaces', { name: 'Loyalty number', symbol: 'LoyaltyNo', type: 'Cross-device' });
    const activated = await admin.post<Campaign>(`/campaigns/${id}/activate`);

    expect(before).toEqual([['/audience/identityType', 'UNKNOWN']]);
    expect(activated).toMatchObject({ status: 200, body: { status: 'Live', audience: { identityType: 'LoyaltyNo' } } });
  });

  describe('with a schedule', () => {
    it('without an end are completed three days after their activation, or after their start', async () => {
      const startAt = new Date(Date.now() + 10 * DAY_MS).toISOString();
      const [now, later] = [await aMarketingCampaign(admin, audienceId), await aMarketingCampaign(admin, audienceId, { schedule: { startAt } })];
      const activatedAt = Date.now();
      await Promise.all([now, later].map(({ id }) => admin.post(`/campaigns/${id}/activate`)));

      await eventually(() => expect([lastState(now.id)?.status, lastState(later.id)?.status]).toEqual(['Live', 'Scheduled']));
      expect(Date.parse(lastState(now.id)?.endAt ?? '') - activatedAt).toBeGreaterThanOrEqual(3 * DAY_MS);
      expect(Date.parse(lastState(now.id)?.endAt ?? '') - activatedAt).toBeLessThan(3 * DAY_MS + 60_000);
      expect(Date.parse(lastState(later.id)?.endAt ?? '')).toBe(Date.parse(startAt) + 3 * DAY_MS);

      await api.sql(`UPDATE campaigns.campaigns SET completes_at = now() - interval '1 second' WHERE id = $1`, [now.id]);

      await eventually(() => expect(lastState(now.id)).toMatchObject({ status: 'Completed' }));
      expect((await admin.get<Campaign>(`/campaigns/${later.id}`)).body.status).toBe('Scheduled');
    });

    it('begin and end at instants, whatever the wall clock of their time zone does meanwhile', async () => {
      const timeZone = 'Europe/Stockholm';
      const made = (startAt: string, endAt: string): Promise<{ status: number; body: Campaign }> =>
        admin.post<Campaign>('/campaigns', aCampaign(null, marketing(audienceId, { schedule: { startAt, endAt, timeZone } })));

      const spring = await made('2034-03-26T01:59:59+01:00', '2034-03-26T03:00:00+02:00');
      const autumn = await made('2034-10-29T02:30:00+02:00', '2034-10-29T02:30:00+01:00');
      const reversed = await made('2034-10-29T02:30:00+01:00', '2034-10-29T02:59:00+02:00');
      const unknown = await admin.post<Refusal>('/campaigns', aCampaign(null, marketing(audienceId, { schedule: { timeZone: 'Europe/Atlantis' } })));

      expect([spring.body, autumn.body].map(({ schedule }) => schedule)).toEqual([
        { startAt: '2034-03-26T00:59:59.000Z', endAt: '2034-03-26T01:00:00.000Z', timeZone },
        { startAt: '2034-10-29T00:30:00.000Z', endAt: '2034-10-29T01:30:00.000Z', timeZone },
      ]);
      expect([reversed.status, unknown.status, faultsOf(unknown.body.errors)]).toEqual([400, 400, [['/schedule/timeZone', 'INVALID']]]);
    });
  });

  describe('under a shield of the organization', () => {
    const settings = (tenantId: string): SandboxSettings | undefined => log.statesOf<SandboxSettings>('sandbox', tenantId).at(-1);

    it('may not use compositions, which are not offered either', async () => {
      const composition = await admin.post<Audience>('/audiences', aComposition([audienceId], { name: 'Shielded' }));
      const { id } = await aMarketingCampaign(admin, composition.body.id);
      const offered = async (): Promise<number> => (await admin.get<{ items: unknown[] }>('/audiences?usable=true&search=shielded')).body.items.length;
      const before = await offered();

      await admin.patch('/organization', { shields: ['privacy-and-security', 'healthcare'] }, '*');

      expect([before, await offered()]).toEqual([1, 0]);
      expect(await refusalOf(id)).toEqual([['/audience/audienceId', 'HEALTHCARE_SHIELD'], ['/audience/audienceId', 'PRIVACY_SECURITY_SHIELD']]);
      await admin.patch('/organization', { shields: [] }, '*');
      expect(await refusalOf(id)).toEqual([]);
    });

    it('know of it in every sandbox, also in one that is made afterwards, and nowhere else', async () => {
      const before = await admin.get('/organization');
      const edited = await admin.patch('/organization', { shields: ['healthcare', 'healthcare'] }, before.headers['etag']);
      const stale = await admin.patch('/organization', { shields: [] }, before.headers['etag']);
      await admin.post('/sandboxes', { name: 'stage', defaultRegion: 'SE' });

      expect(before.body).toMatchObject({ orgId: 'acme' });
      expect([edited.status, edited.body, stale.status]).toEqual([200, { orgId: 'acme', shields: ['healthcare'] }, 412]);
      await eventually(() => expect([settings('acme/prod')?.shields, settings('acme/stage')?.shields]).toEqual([['healthcare'], ['healthcare']]));
      expect(settings('globex/prod')?.shields).toEqual([]);
      expect((await api.as(GLOBEX).get('/organization')).body).toEqual({ orgId: 'globex', shields: [] });
      await admin.patch('/organization', { shields: [] }, '*');
      await eventually(() => expect([settings('acme/prod')?.shields, settings('acme/stage')?.shields]).toEqual([[], []]));
    });

    it('are not relieved of it by a key that is not good for all sandboxes', async () => {
      await admin.post('/sandboxes', { name: 'vault', defaultRegion: 'SE' });
      const narrow = admin.with((await admin.post<{ apiKey: string; token: string }>('/api-keys', { name: 'narrow', sandboxes: ['prod'], scopes: ['admin'] })).body);

      const answer = await narrow.patch<Refusal>('/organization', { shields: [] }, '*');

      expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN_SANDBOX' } });
      expect((await narrow.patch('/organization', { shields: [] })).status).toBe(428);
      expect((await narrow.get('/organization')).status).toBe(200);
    });
  });
});
