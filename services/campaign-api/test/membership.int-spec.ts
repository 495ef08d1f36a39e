import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Audience } from '@postrider/contracts';
import { request } from 'undici';
import { aComposition, aSegment, aStoredAudience, type AdminClient, type Answer, type Refusal } from './admin-client.js';
import { FakePeer, type PeerCall, type PeerReply } from './fake-peer.js';
import { ACME, INTERNAL_TOKEN, RunningApi } from './running-api.js';

const AT = '2026-01-01T00:00:00.000Z';
const UPLOAD_ID = '0198f5a2-0000-7000-8000-000000000007';
const anUpload = { name: 'Fair', source: 'upload', rules: undefined };

const anEvaluation = (audienceId: string): Record<string, unknown> => ({
  evaluationId: 'evaluation-1', audienceId, status: 'Completed', size: 3, startedAt: AT, completedAt: AT, error: null,
});

describe('what audience-resolver knows of audiences', () => {
  let api: RunningApi;
  let admin: AdminClient;
  let resolver: FakePeer;
  let reply: (call: PeerCall) => PeerReply;
  let segment: string;
  let upload: string;

  beforeAll(async () => {
    api = await RunningApi.prepare();
    resolver = await FakePeer.start((call) => reply(call));
    await api.start({ AUDIENCE_RESOLVER_URL: resolver.url });
    admin = api.as(ACME);
    [segment, upload] = [await aStoredAudience(admin), await aStoredAudience(admin, anUpload)];
  }, 60_000);

  afterAll(async () => {
    await api.drop();
    await resolver.stop();
  });

  beforeEach(() => {
    resolver.calls.length = 0;
    reply = () => ({ status: 200, body: { items: [], nextCursor: null } });
  });

  const asked = (): [string, string, Record<string, string>][] => resolver.calls.map(({ method, path, query }) => [method, path, query]);

  describe('their sizes', () => {
    it('stand in lists and in single answers, by one question for a page', async () => {
      reply = ({ body }) => ({ status: 200, body: { evaluations: (body as { ids: string[] }).ids.filter((id) => id === segment).map(anEvaluation) } });

      const list = await admin.get<{ items: Audience[] }>('/audiences?limit=2');
      const one = await admin.get<Audience>(`/audiences/${segment}`);

      expect(list.body.items.map(({ id, evaluation }) => [id, evaluation])).toEqual([[upload, null], [segment, anEvaluation(segment)]]);
      expect(one.body.evaluation).toEqual(anEvaluation(segment));
      expect(asked().map(([method, path, query]) => [method, path, query])).toEqual(Array(2).fill(['POST', '/internal/audiences/latest', { tenantId: 'acme/prod' }]));
      expect(resolver.calls[0]).toMatchObject({ body: { ids: [upload, segment] } });
      expect(resolver.calls[0]?.headers['x-internal-token']).toBe(INTERNAL_TOKEN);
    });

    it.each([
      ['is away', { status: 503, body: FakePeer.problem(503, 'UNAVAILABLE') }],
      ['is broken', { status: 500, body: FakePeer.problem(500, 'INTERNAL') }],
      ['talks nonsense', { status: 200, body: { evaluations: 'many' } }],
    ])('are left out while the resolver %s', async (_case, answer) => {
      reply = () => answer;

      const list = await admin.get<{ items: Audience[] }>('/audiences');
      const edited = await admin.patch<Audience>(`/audiences/${segment}`, { description: 'x' }, '*');

      expect([list.status, edited.status]).toEqual([200, 200]);
      expect([...list.body.items, edited.body].every(({ evaluation }) => evaluation === null)).toBe(true);
    });
  });

  describe('an estimate', () => {
    const { rules } = aSegment();

    it('is asked of it, with the sample that was wished for', async () => {
      reply = () => ({ status: 200, body: { count: 2, sample: [], tookMs: 1 } });

      const answer = await admin.post('/audiences/estimate', { rules, sampleSize: 5 });
      const composed = await admin.post('/audiences/estimate', { composition: aComposition([segment, upload])['composition'] });

      expect([answer.status, answer.body, composed.status]).toEqual([200, { count: 2, sample: [], tookMs: 1 }, 200]);
      expect(asked()).toEqual(Array(2).fill(['POST', '/internal/audiences/estimate', { tenantId: 'acme/prod' }]));
      expect(resolver.calls[0]?.body).toEqual({ rules, sampleSize: 5 });
    });

    it('is refused before it is asked, where rules or parts are at fault', async () => {
      const wrong = { combinator: 'and', rules: [{ field: 'dataset', operator: 'exists' }] };

      const answers = [
        await admin.post<Refusal>('/audiences/estimate', { rules: wrong }), await admin.post<Refusal>('/audiences/estimate', { rules, composition: { op: 'audience', audienceId: segment } }),
        await admin.post<Refusal>('/audiences/estimate', { composition: { op: 'audience', audienceId: UPLOAD_ID } }), await admin.post<Refusal>('/audiences/estimate', {}),
      ];

      expect(answers.map(({ status, body }) => [status, body.errors?.[0]?.path])).toEqual([[400, '/rules/rules/0/operator'], [400, ''], [400, '/composition/audienceId'], [400, '']]);
      expect(resolver.calls).toEqual([]);
    });
  });

  describe('an evaluation', () => {
    it('is begun there, of the last edit, also of an audience that the resolver is about to hear of', async () => {
      const [row] = await api.sql<{ revision: number }>('SELECT revision FROM campaigns.audiences WHERE id = $1', [segment]);
      let misses = 2;
      reply = () => (misses-- > 0 ? { status: 404, body: FakePeer.problem(404, 'AUDIENCE_NOT_FOUND') } : { status: 202, body: { ...anEvaluation(segment), status: 'Running' } });

      const answer = await admin.post(`/audiences/${segment}/evaluate`);

      expect(answer).toMatchObject({ status: 202, body: { status: 'Running', audienceId: segment } });
      expect(asked()).toEqual(Array(3).fill(['POST', `/internal/audiences/${segment}/evaluate`, { tenantId: 'acme/prod', revision: String(row?.revision) }]));
    });

    it('is not made of an upload', async () => {
      expect(await admin.post(`/audiences/${upload}/evaluate`)).toMatchObject({ status: 422, body: { code: 'INVALID_AUDIENCE' } });
      expect(resolver.calls).toEqual([]);
    });

    it('is listed page by page, and so are members', async () => {
      const answers = [await admin.get(`/audiences/${segment}/evaluations?limit=5&cursor=abc`), await admin.get(`/audiences/${segment}/members`)];

      expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(2).fill([200, { items: [], nextCursor: null }]));
      expect(asked()).toEqual([
        ['GET', `/internal/audiences/${segment}/evaluations`, { tenantId: 'acme/prod', limit: '5', cursor: 'abc' }],
        ['GET', `/internal/audiences/${segment}/members`, { tenantId: 'acme/prod', limit: '50' }],
      ]);
    });
  });

  describe('an upload', () => {
    const csv = (body: string, path = `/audiences/${upload}/upload`): Promise<Answer<Record<string, unknown>>> => admin.call('POST', path, body, { 'content-type': 'text/csv; charset=utf-8' });

    it('streams through with what it says of itself', async () => {
      reply = () => ({ status: 200, body: { uploadId: UPLOAD_ID, status: 'Completed' } });
      const body = `email,discount\n${'ada@shop.test,10\n'.repeat(100_000)}`;

      const answer = await csv(body, `/audiences/${upload}/upload?column=email&unknownProfiles=create`);

      expect(answer).toMatchObject({ status: 200, body: { uploadId: UPLOAD_ID, status: 'Completed' } });
      expect(asked()).toEqual([['POST', `/internal/audiences/${upload}/upload`, { tenantId: 'acme/prod', column: 'email', namespace: 'email', unknownProfiles: 'create' }]]);
      expect(resolver.calls[0]?.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8', 'content-length': String(body.length) });
      expect(resolver.calls[0]?.body).toBe(body);
    });

    it('is refused for other audiences, other bodies and other questions', async () => {
      const answers = [
        await csv('email\n', `/audiences/${segment}/upload`), await admin.post<Refusal>(`/audiences/${upload}/upload`, { email: 'ada@shop.test' }),
        await csv('email\n', `/audiences/${upload}/upload?unknownProfiles=ask`),
      ];

      expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([[409, 'CONFLICT'], [400, 'INVALID_BODY'], [400, 'INVALID_QUERY']]);
      expect(resolver.calls).toEqual([]);
    });

    it('is refused with the reasons of the resolver', async () => {
      const errors = [{ path: '/column', code: 'UNKNOWN', message: 'There is no such column.' }];
      reply = () => ({ status: 422, body: FakePeer.problem(422, 'INVALID_AUDIENCE', errors) });

      expect(await csv('email\n')).toMatchObject({ status: 422, body: { code: 'INVALID_AUDIENCE', errors } });
    });

    it('can be followed, and its report is passed on as it is', async () => {
      const report = 'line,column,code,message\r\n2,email,INVALID_IDENTITY,"It is empty, or ""blank""."\r\n';
      reply = ({ path }) => (path.endsWith('/errors') ? { status: 200, text: report, headers: { 'content-type': 'text/csv; charset=utf-8' } } : { status: 200, body: { uploadId: UPLOAD_ID } });

      const state = await admin.get(`/audiences/${upload}/uploads/${UPLOAD_ID}`);
      const errors = await admin.get(`/audiences/${upload}/uploads/${UPLOAD_ID}/errors`);
      const elsewhere = await admin.get(`/audiences/${upload}/uploads/..%2F..%2F${segment}/errors`);

      expect([state.body, errors.status, errors.body, elsewhere.status]).toEqual([{ uploadId: UPLOAD_ID }, 200, report, 404]);
      expect(errors.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8', 'content-disposition': expect.stringContaining('.csv') });
      expect(asked().map(([, path]) => path)).toEqual([`/internal/audiences/${upload}/uploads/${UPLOAD_ID}`, `/internal/audiences/${upload}/uploads/${UPLOAD_ID}/errors`]);
    });
  });

  it('arrives at it while it is being sent, whatever its size', async () => {
    const seen = createHash('sha256');
    const sent = createHash('sha256');
    let firstByteAt = 0;
    const slow = createServer((incoming, outgoing) => {
      incoming.on('data', (chunk: Buffer) => {
        firstByteAt ||= performance.now();
        seen.update(chunk);
      }).on('end', () => outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    await api.stop();
    await api.start({ AUDIENCE_RESOLVER_URL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}` });
    let lastByteAt = 0;
    const rows = Readable.from((function* chunks() {
      for (let n = 0; n < 512; n++) {
        const chunk = Buffer.alloc(65_536, `row ${n}\n`);
        sent.update(chunk);
        lastByteAt = performance.now();
        yield chunk;
      }
    })());

    const { token, apiKey, orgId, sandbox } = ACME;
    const answer = await request(`${api.as(ACME).url}/api/v1/audiences/${upload}/upload`, {
      method: 'POST', body: rows, headers: { authorization: `Bearer ${token}`, 'x-api-key': apiKey, 'x-gw-ims-org-id': orgId, 'x-sandbox-name': sandbox, 'content-type': 'text/csv' },
    });
    await answer.body.dump();

    expect(answer.statusCode).toBe(200);
    expect(seen.digest('hex')).toBe(sent.digest('hex'));
    expect(firstByteAt).toBeLessThan(lastByteAt);
    await new Promise((resolve) => slow.close(resolve));
  });
});
