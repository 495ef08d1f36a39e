import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashToken } from '@postrider/auth';
import { SECRET_PURPOSE, type ApiKey, type ChannelConfiguration, type NamespaceDefinition, type SandboxSettings, type WebhookEndpoint } from '@postrider/contracts';
import { SecretSealer } from '@postrider/secrets';
import { eventually } from '@postrider/testing';
import { aChannelConfiguration, type AdminClient, type Refusal } from './admin-client.js';
import { ACME, RunningApi, SEALING_KEYS, type ConfigurationLog } from './running-api.js';

interface Created {
  id: string;
  [field: string]: unknown;
}

const sealer = new SecretSealer(SEALING_KEYS);

describe('what an administrator configures', () => {
  let api: RunningApi;
  let admin: AdminClient;
  let log: ConfigurationLog;

  beforeAll(async () => {
    api = await RunningApi.prepare();
    await api.start({ WEBHOOK_ALLOW_HTTP: 'false' });
    admin = api.as(ACME);
    log = await api.follow();
  }, 60_000);

  afterAll(() => api.drop());

  describe('sandboxes', () => {
    it('are made with the standard namespaces and open to the key that made them', async () => {
      const created = await admin.post<Created>('/sandboxes', { name: 'stage', defaultRegion: 'NO' });
      const inside = admin.with({ sandbox: 'stage' });

      const listed = await admin.get<{ items: { name: string }[] }>('/sandboxes');
      const namespaces = await inside.get<{ items: { symbol: string; number: number | null }[] }>('/namespaces');

      expect(created).toMatchObject({ status: 201, body: { orgId: 'acme', name: 'stage', defaultRegion: 'NO' } });
      expect(listed.body.items.map(({ name }) => name)).toEqual(['prod', 'stage']);
      expect(Object.fromEntries(namespaces.body.items.map(({ symbol, number }) => [symbol, number]))).toMatchObject({ Email: 6, Phone: 7, ECID: 4 });
      await eventually(() => expect(log.statesOf<SandboxSettings>('sandbox', 'acme/stage')).toEqual([expect.objectContaining({ orgId: 'acme', defaultRegion: 'NO' })]));
      expect(log.statesOf<ApiKey>('api-key', ACME.apiKey).at(-1)?.sandboxes).toEqual(['prod', 'stage']);
    });

    it('are refused under a name that is taken or not one', async () => {
      expect(await admin.post('/sandboxes', { name: 'prod', defaultRegion: 'SE' })).toMatchObject({ status: 409 });
      expect(await admin.post('/sandboxes', { name: 'a/b', defaultRegion: 'Sweden' })).toMatchObject({ status: 400 });
    });
  });

  describe('namespaces', () => {
    it('are made once, whatever the case of the symbol, and renamed under If-Match', async () => {
      const created = await admin.post('/namespaces', { name: 'Loyalty', symbol: 'Loyalty', type: 'Cross-device' });
      const taken = await admin.post<Refusal>('/namespaces', { name: 'Again', symbol: 'LOYALTY', type: 'Device' });
      const renamed = await admin.patch('/namespaces/loyalty', { name: 'Loyalty card' }, created.headers['etag']);

      expect(created).toMatchObject({ status: 201, body: { symbol: 'Loyalty', custom: true, number: null } });
      expect(taken).toMatchObject({ status: 409, body: { errors: [{ path: '/symbol', code: 'TAKEN' }] } });
      expect(renamed).toMatchObject({ status: 200, body: { symbol: 'Loyalty', name: 'Loyalty card', type: 'Cross-device' } });
      await eventually(() => expect(log.statesOf<NamespaceDefinition>('namespace', 'acme/prod/loyalty').at(-1)).toMatchObject({ name: 'Loyalty card', custom: true }));
    });

    it('never change their symbol or type, standard ones nothing at all, and none is ever deleted', async () => {
      const changed = await admin.patch<Refusal>('/namespaces/loyalty', { name: 'x', type: 'Email', symbol: 'y' }, '*');
      const standard = await admin.patch<Refusal>('/namespaces/email', { name: 'x' }, '*');
      const deleted = await admin.delete('/namespaces/loyalty');

      expect(changed.body.errors?.map(({ path }) => path).sort()).toEqual(['/symbol', '/type']);
      expect(standard.status).toBe(409);
      expect(deleted.status).toBe(404);
      expect((await admin.get('/namespaces/LOYALTY')).status).toBe(200);
    });
  });

  describe('channel configurations', () => {
    it('never answer the password, store it sealed, and publish it sealed', async () => {
      const created = await admin.post<Created>('/channel-configurations', aChannelConfiguration({}, { username: 'shop', password: 'hunter-2-hunter' }));
      const read = await admin.get(`/channel-configurations/${created.body.id}`);
      const rows = await api.sql('SELECT email FROM campaigns.channel_configurations WHERE id = $1', [created.body.id]);

      expect(read.body).toMatchObject({ email: { provider: { username: 'shop', hasPassword: true } } });
      expect(JSON.stringify([created.body, read.body, rows])).not.toContain('hunter-2-hunter');
      const [published] = await eventually(() => {
        const states = log.statesOf<ChannelConfiguration>('channel-configuration', created.body.id);
        expect(states).toHaveLength(1);
        return states;
      });
      expect(sealer.open(published?.email.provider.sealedPassword ?? '', { tenantId: 'acme/prod', purpose: SECRET_PURPOSE.smtpPassword })).toBe('hunter-2-hunter');
    });

    it('are edited in parts, and keep what is not named', async () => {
      const created = await admin.post<Created>('/channel-configurations', aChannelConfiguration());

      const renamed = await admin.patch<Created>(`/channel-configurations/${created.body.id}`, { name: 'receipts' }, created.headers['etag']);
      const stale = await admin.patch(`/channel-configurations/${created.body.id}`, { name: 'other' }, created.headers['etag']);

      expect(renamed.body).toMatchObject({ name: 'receipts', channel: 'email', email: { fromAddress: 'orders@shop.test' } });
      expect(stale.status).toBe(412);
    });

    it('are refused with every fault at once', async () => {
      const { body } = await admin.post<Refusal>('/channel-configurations', {
        ...aChannelConfiguration({ channel: 'fax' }, { port: 0, tls: 'maybe', host: 'a b', extra: 1 }), colour: 'red',
      });

      expect(body.errors?.map(({ path }) => path).sort()).toEqual([
        '/channel', '/colour', '/email/provider/extra', '/email/provider/host', '/email/provider/port', '/email/provider/tls',
      ]);
    });
  });

  describe('feedback webhooks', () => {
    const aWebhook = { name: 'orders', channels: ['email'], url: 'https://shop.test/hook', authentication: { type: 'none' }, headers: { authorization: 'Bearer private' } };

    it('show their secret once, and never their headers', async () => {
      const created = await admin.post<Created & { secret: string }>('/feedback-webhooks', aWebhook);
      const read = await admin.get(`/feedback-webhooks/${created.body.id}`);

      expect(created).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/), headerNames: ['authorization'], secrets: 1 } });
      expect(read.body).not.toHaveProperty('secret');
      expect(JSON.stringify([created.body, read.body])).not.toContain('private');
      const published = await eventually(() => {
        const state = log.statesOf<WebhookEndpoint>('webhook-endpoint', created.body.id).at(-1);
        expect(state).toBeDefined();
        return state;
      });
      const open = (sealed = '', purpose: string): string => sealer.open(sealed, { tenantId: 'acme/prod', purpose });
      expect(open(published?.sealedSecrets[0], SECRET_PURPOSE.webhookSecret)).toBe(created.body.secret);
      expect(JSON.parse(open(published?.sealedHeaders, SECRET_PURPOSE.webhookHeaders))).toEqual({ authorization: 'Bearer private' });
    });

    it('have two secrets during a rotation, the newest first, and never more', async () => {
      const created = await admin.post<Created & { secret: string }>('/feedback-webhooks', aWebhook);
      const rotate = async (): Promise<string> => (await admin.post<{ secret: string }>(`/feedback-webhooks/${created.body.id}/rotate`)).body.secret;

      const [second, third] = [await rotate(), await rotate()];

      const published = await eventually(() => {
        const states = log.statesOf<WebhookEndpoint>('webhook-endpoint', created.body.id);
        expect(states).toHaveLength(3);
        return states.at(-1)?.sealedSecrets.map((sealed) => sealer.open(sealed, { tenantId: 'acme/prod', purpose: SECRET_PURPOSE.webhookSecret }));
      });
      expect(published).toEqual([third, second]);
      expect(new Set([created.body.secret, second, third]).size).toBe(3);
    });

    it('take HTTPS only, and never send kept headers to another server', async () => {
      const created = await admin.post<Created>('/feedback-webhooks', aWebhook);
      const plain = await admin.post<Refusal>('/feedback-webhooks', { ...aWebhook, url: 'http://shop.test/' });
      const moved = await admin.patch<Refusal>(`/feedback-webhooks/${created.body.id}`, { url: 'https://evil.test/' }, '*');
      const movedWithHeaders = await admin.patch(`/feedback-webhooks/${created.body.id}`, { url: 'https://new.test/', headers: {} }, '*');
      const otherPath = await admin.patch(`/feedback-webhooks/${created.body.id}`, { url: 'https://new.test/other', enabled: false }, '*');

      expect([plain, moved].map(({ status, body }) => [status, body.errors?.[0]?.path])).toEqual([[400, '/url'], [400, '/headers']]);
      expect([movedWithHeaders.status, otherPath.status]).toEqual([200, 200]);
      expect(otherPath.body).toMatchObject({ url: 'https://new.test/other', headerNames: [], enabled: false });
    });

    it('are gone with a tombstone', async () => {
      const created = await admin.post<Created>('/feedback-webhooks', aWebhook);

      await admin.delete(`/feedback-webhooks/${created.body.id}`);

      expect((await admin.get(`/feedback-webhooks/${created.body.id}`)).status).toBe(404);
      await eventually(() => expect(log.statesOf('webhook-endpoint', created.body.id).at(-1)).toBeUndefined());
    });
  });

  describe('API keys', () => {
    it('show their token once and store its hash only', async () => {
      const created = await admin.post<{ apiKey: string; token: string }>('/api-keys', { name: 'shop', sandboxes: ['prod'], scopes: ['execute', 'read'] });
      const listed = await admin.get('/api-keys');

      expect(created).toMatchObject({ status: 201, body: { scopes: ['execute', 'read'], revokedAt: null } });
      expect(JSON.stringify(listed.body)).toContain(created.body.apiKey);
      expect(JSON.stringify(listed.body)).not.toMatch(/token/i);
      await eventually(() =>
        expect(log.statesOf<ApiKey>('api-key', created.body.apiKey).at(-1)).toMatchObject({ orgId: 'acme', sandboxes: ['prod'], tokenHash: hashToken(created.body.token) }),
      );
    });

    it('are of no use at once here, and gone from the topic in well under 5 s, when they are revoked', async () => {
      const { body } = await admin.post<{ apiKey: string; token: string }>('/api-keys', { name: 'shop', sandboxes: ['prod'], scopes: ['read'] });
      const shop = admin.with(body);
      expect((await shop.get('/campaigns')).status).toBe(200);
      const revokedAt = performance.now();

      const revoked = await admin.delete(`/api-keys/${body.apiKey}`);

      expect(revoked.status).toBe(204);
      expect((await shop.get('/campaigns')).status).toBe(401);
      await eventually(() => expect(log.statesOf('api-key', body.apiKey).at(-1)).toBeUndefined());
      expect(performance.now() - revokedAt).toBeLessThan(5_000);
      expect((await admin.get(`/api-keys/${body.apiKey}`)).body['revokedAt']).not.toBeNull();
    });

    it('do what their scopes say', async () => {
      const keyWith = async (...scopes: string[]): Promise<AdminClient> => {
        const { body } = await admin.post<{ apiKey: string; token: string }>('/api-keys', { name: 'k', sandboxes: ['prod'], scopes });
        return admin.with(body);
      };
      const [reader, caller, administrator] = [await keyWith('read'), await keyWith('execute'), await keyWith('admin')];
      const attempts = (client: AdminClient): Promise<number[]> =>
        Promise.all([client.get('/campaigns'), client.post('/namespaces', { name: 'n', symbol: `S${Math.random().toString(36).slice(2)}`, type: 'Device' })]).then((answers) => answers.map(({ status }) => status));

      expect(await attempts(reader)).toEqual([200, 403]);
      expect(await attempts(caller)).toEqual([403, 403]);
      expect(await attempts(administrator)).toEqual([200, 201]);
    });

    it('never reach further than the key that makes, sees or revokes them', async () => {
      await admin.post('/sandboxes', { name: 'vault', defaultRegion: 'SE' });
      const narrow = admin.with((await admin.post<{ apiKey: string; token: string }>('/api-keys', { name: 'narrow', sandboxes: ['prod'], scopes: ['admin'] })).body);
      const wide = (await admin.post<{ apiKey: string }>('/api-keys', { name: 'wide', sandboxes: ['prod', 'vault'], scopes: ['admin'] })).body.apiKey;

      const made = await narrow.post('/api-keys', { name: 'x', sandboxes: ['vault'], scopes: ['read'] });
      const entered = await narrow.with({ sandbox: 'vault' }).get('/campaigns');
      const [seen, revoked] = [await narrow.get(`/api-keys/${wide}`), await narrow.delete(`/api-keys/${wide}`)];

      expect([made.status, entered.status, seen.status, revoked.status]).toEqual([403, 403, 404, 404]);
      expect(JSON.stringify((await narrow.get('/api-keys')).body)).not.toContain(wide);
    });
  });
});
