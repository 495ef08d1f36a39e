import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SmtpSink } from '@postrider/testing';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { aChannelConfiguration, type AdminClient } from './admin-client.js';
import { FakePeer, type PeerCall, type PeerReply } from './fake-peer.js';
import { ACME, INTERNAL_TOKEN, NOWHERE, RunningApi } from './running-api.js';

const ID = '0198f5a2-0000-7000-8000-000000000003';

describe('what other servers answer', () => {
  let api: RunningApi;
  let admin: AdminClient;
  let peer: FakePeer;
  let reply: (call: PeerCall) => PeerReply;

  beforeAll(async () => {
    api = await RunningApi.prepare();
    peer = await FakePeer.start((call) => reply(call));
    await api.start({ PROFILE_CREATOR_URL: peer.url, WEBHOOK_NOTIFIER_URL: peer.url });
    admin = api.as(ACME);
  }, 60_000);

  afterAll(async () => {
    await api.drop();
    await peer.stop();
  });

  beforeEach(() => {
    peer.calls.length = 0;
    reply = () => ({ status: 200, body: { id: ID } });
  });

  describe('profiles', () => {
    const body = { identities: [{ namespace: 'email', value: 'ada@shop.test' }], attributes: { firstName: 'Ada' }, consents: { email: 'y' } };

    it.each([200, 201])('are upserted by their owner, whose status %d is passed on', async (status) => {
      reply = () => ({ status, body: { id: ID, dataset: 'd' } });

      const answer = await admin.post('/profiles', body);

      expect(answer).toMatchObject({ status, body: { id: ID, dataset: 'd' } });
      expect(peer.calls).toEqual([expect.objectContaining({ method: 'PUT', path: '/internal/profiles', body: { ...body, tenantId: 'acme/prod' } })]);
      expect(peer.calls[0]?.headers['x-internal-token']).toBe(INTERNAL_TOKEN);
    });

    it('are found, read and deleted by their owner', async () => {
      reply = ({ method, path }) => (method === 'DELETE' ? { status: 204 } : { status: 200, body: path === '/internal/profiles' ? { items: [{ id: ID }] } : { id: ID } });

      const answers = [await admin.get('/profiles?namespace=email&value=ada%2B1@shop.test'), await admin.get(`/profiles/${ID}`), await admin.delete(`/profiles/${ID}`)];

      expect(answers.map(({ status, body: answered }) => [status, answered])).toEqual([[200, { items: [{ id: ID }], nextCursor: null }], [200, { id: ID }], [204, undefined]]);
      expect(peer.calls[0]?.query).toEqual({ tenantId: 'acme/prod', namespace: 'email', value: 'ada+1@shop.test' });
    });

    it('stream through in bulk, however many there are', async () => {
      const line = `${JSON.stringify(body)}\n`;
      const lines = line.repeat(20_000);
      reply = () => ({ status: 200, body: { received: 20_000, created: 20_000, updated: 0, failed: 0, errors: [] } });

      const answer = await admin.call('POST', '/profiles/bulk', lines, { 'content-type': 'application/x-ndjson' });

      expect(answer).toMatchObject({ status: 200, body: { received: 20_000 } });
      expect((peer.calls[0]?.body as string).length).toBe(lines.length);
      expect(peer.calls[0]?.query).toEqual({ tenantId: 'acme/prod' });
      expect(lines.length).toBeGreaterThan(1_048_576);
    });

    it('are refused in bulk unless they are lines', async () => {
      expect((await admin.post('/profiles/bulk', body)).status).toBe(400);
      expect(peer.calls).toEqual([]);
    });

    it('are refused with the reasons of their owner', async () => {
      const errors = [{ path: '/identities/0/value', code: 'INVALID_IDENTITY', message: 'The identity is empty.' }];
      reply = () => ({ status: 422, body: FakePeer.problem(422, 'INVALID_IDENTITY', errors) });

      expect(await admin.post('/profiles', body)).toMatchObject({ status: 422, body: { code: 'INVALID_IDENTITY', detail: 'Said by the peer.', errors } });
    });

    it('are unavailable while their owner is, with Retry-After', async () => {
      reply = () => ({ status: 503, body: FakePeer.problem(503, 'UNAVAILABLE'), headers: { 'retry-after': '7' } });

      const answer = await admin.get(`/profiles/${ID}`);

      expect(answer).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
      expect(answer.headers['retry-after']).toBe('7');
    });

    it.each([
      ['is broken', { status: 500, body: FakePeer.problem(500, 'INTERNAL') }],
      ['does not know us', { status: 401, body: FakePeer.problem(401, 'UNAUTHENTICATED') }],
      ['talks nonsense', { status: 404, body: 'nope' }],
    ])('fail on our side when their owner %s', async (_case, answer) => {
      reply = () => answer;

      expect(await admin.get(`/profiles/${ID}`)).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    });
  });

  describe('feedback webhooks', () => {
    it('are tested, and their attempts read, by webhook-notifier', async () => {
      const { body } = await admin.post<{ id: string }>('/feedback-webhooks', { name: 'w', url: 'https://shop.test/' });
      reply = ({ method }) => (method === 'POST' ? { status: 200, body: { outcome: 'delivered' } } : { status: 200, body: { items: [], nextCursor: null } });

      const tested = await admin.post(`/feedback-webhooks/${body.id}/test`);
      const attempts = await admin.get(`/feedback-webhooks/${body.id}/attempts?limit=5`);

      expect([tested, attempts].map(({ status, body: answered }) => [status, answered])).toEqual([[200, { outcome: 'delivered' }], [200, { items: [], nextCursor: null }]]);
      expect(peer.calls.map(({ method, path, query }) => [method, path, query])).toEqual([
        ['POST', `/internal/endpoints/${body.id}/test`, { tenantId: 'acme/prod' }],
        ['GET', `/internal/endpoints/${body.id}/attempts`, { tenantId: 'acme/prod', limit: '5' }],
      ]);
    });
  });

  describe('mail servers', () => {
    interface Verification {
      ok: boolean;
      steps: { step: string; ok: boolean; detail: string }[];
    }
    const servers: { close: () => unknown }[] = [];

    afterAll(async () => {
      await Promise.all(servers.map((server) => server.close()));
    });

    const verify = async (provider: Record<string, unknown>): Promise<Verification> => {
      const { body } = await admin.post<{ id: string }>('/channel-configurations', aChannelConfiguration({}, provider));
      return (await admin.post<Verification>(`/channel-configurations/${body.id}/verify`)).body;
    };
    const failureOf = ({ ok, steps }: Verification): [boolean, string | undefined, string] => [ok, steps.at(-1)?.step, steps.at(-1)?.detail ?? ''];

    /** Says these lines, the first on its own account and each other one in answer to a line of the client. */
    const scripted = async (...lines: string[]): Promise<number> => {
      const server = createServer((socket: Socket) => {
        const rest = [...lines];
        const say = (): void => void (rest.length > 0 && socket.write(`${rest.shift() ?? ''}\r\n`));
        socket.on('error', () => undefined).on('data', say);
        say();
      });
      servers.push({ close: () => server.close() });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    };

    it('are found to work, and get no mail', async () => {
      const sink = await SmtpSink.start();

      const verified = await verify({ port: sink.port });

      expect(verified.steps.map(({ step, ok }) => [step, ok])).toEqual([['connect', true], ['greeting', true], ['hello', true]]);
      expect(verified.ok).toBe(true);
      expect(sink.mails()).toEqual([]);
      await sink.stop();
    });

    it('are signed in to, and say when the password is wrong', async () => {
      const good = await verify({ port: await scripted('220 hi', '250-hi\r\n250 AUTH LOGIN PLAIN', '235 welcome'), username: 'shop', password: 'right' });
      const login = await verify({ port: await scripted('220 hi', '250-hi\r\n250 AUTH LOGIN', '334 VXNlcg', '334 UGFzcw', '235 welcome'), username: 'shop', password: 'right' });
      const bad = await verify({ port: await scripted('220 hi', '250-hi\r\n250 AUTH PLAIN', '535 5.7.8 wrong'), username: 'shop', password: 'wrong' });
      const none = await verify({ port: await scripted('220 hi', '250 hi'), username: 'shop', password: 'right' });

      expect([good.ok, login.ok]).toEqual([true, true]);
      expect(failureOf(bad)).toEqual([false, 'authenticate', '535 5.7.8 wrong']);
      expect(failureOf(none)).toEqual([false, 'authenticate', expect.stringContaining('neither')]);
    });

    it('say at which step they failed', async () => {
      const closed = await verify({ port: Number(NOWHERE.split(':')[1]) });
      const busy = await verify({ port: await scripted('421 too busy') });
      const plain = await verify({ port: await scripted('220 hi', '250 hi', '502 no'), tls: 'starttls' });
      const injected = await verify({ port: await scripted('220 hi', '250 hi', '220 go\r\n250 injected'), tls: 'starttls' });
      const notTls = await verify({ port: await scripted('220 hi'), tls: 'implicit' });

      expect(failureOf(closed)).toEqual([false, 'connect', expect.stringContaining('ECONNREFUSED')]);
      expect(failureOf(busy)).toEqual([false, 'greeting', '421 too busy']);
      expect(failureOf(plain)).toEqual([false, 'starttls', '502 no']);
      expect(failureOf(injected)).toEqual([false, 'starttls', expect.stringContaining('clear text')]);
      expect(failureOf(notTls).slice(0, 2)).toEqual([false, 'connect']);
    });
  });

  it('is not waited for by the documentation, which needs no credentials', async () => {
    const json = await fetch(`${admin.url}/api/docs`);
    const page = await fetch(`${admin.url}/api/docs`, { headers: { accept: 'text/html' } });

    expect(await json.json()).toMatchObject({ openapi: '3.1.0' });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('/api/v1/campaigns/{id}/activate');
  });
});
