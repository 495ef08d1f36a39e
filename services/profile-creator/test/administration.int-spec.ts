import { Readable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { BulkProfiles, Profile } from '@postrider/contracts';
import { Sql } from '@postrider/database';
import { DependencyUnavailable } from '@postrider/runtime';
import { eventually } from '@postrider/testing';
import { ProfilesController } from '../src/administration/profiles.controller.js';
import { TENANT, anEmail } from './builders.js';
import { INTERNAL_TOKEN, RunningService } from './running-service.js';

jest.setTimeout(60_000);

let service: RunningService;
let app: NestFastifyApplication;
let base: string;

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

interface CallOptions {
  body?: RequestInit['body'];
  type?: string;
  token?: string;
  signal?: AbortSignal;
}

async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const headers = { 'x-internal-token': options.token ?? INTERNAL_TOKEN, ...(options.body !== undefined && { 'content-type': options.type ?? 'application/json' }) };
  const init: RequestInit & { duplex: 'half' } = { method, headers, body: options.body, signal: options.signal, duplex: 'half' };
  const response = await fetch(base + path, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

const upsert = (body: object): Promise<Answer> => call('PUT', '/internal/profiles', { body: JSON.stringify({ tenantId: TENANT, ...body }) });
const email = (value: string) => ({ namespace: 'email', value });
const tenant = `tenantId=${encodeURIComponent(TENANT)}`;
const find = (namespace: string, value: string): Promise<Answer> =>
  call('GET', `/internal/profiles?${tenant}&namespace=${namespace}&value=${encodeURIComponent(value)}`);

function bytesOf(lines: Iterable<string> | AsyncIterable<string>): RequestInit['body'] {
  return Readable.toWeb(Readable.from(lines).map((text: string) => Buffer.from(text)));
}

async function upload(lines: Iterable<string> | AsyncIterable<string>): Promise<{ status: number; result: BulkProfiles }> {
  const { status, body } = await call('POST', `/internal/profiles/bulk?${tenant}`, { body: bytesOf(lines), type: 'application/x-ndjson' });
  return { status, result: body as unknown as BulkProfiles };
}

const line = (...values: string[]): string => `${JSON.stringify({ identities: values.map(email), attributes: { from: 'bulk' } })}\n`;

beforeAll(async () => {
  service = await RunningService.prepare();
  app = await service.start();
  base = await app.getUrl();
});

afterAll(async () => {
  await service.drop();
});

describe(`${ProfilesController.name}: one profile`, () => {
  it('creates with 201, changes with 200, and answers the whole profile', async () => {
    const address = anEmail();

    const created = await upsert({ identities: [email(address.toUpperCase())], attributes: { firstName: 'Ada', age: 36 }, consents: { email: 'y' } });
    const changed = await upsert({ identities: [email(address), { namespace: 'Phone', value: '070-123 45 67' }], attributes: { age: null, city: 'London' } });

    expect([created.status, changed.status]).toEqual([201, 200]);
    expect(Profile.parse(created.body)).toMatchObject({ identities: [email(address)], attributes: { firstName: 'Ada', age: 36 }, consents: { email: 'y' } });
    expect(Profile.parse(changed.body)).toMatchObject({
      id: created.body['id'],
      identities: [email(address), { namespace: 'phone', value: '+46701234567' }],
      attributes: { firstName: 'Ada', city: 'London' },
      consents: { email: 'y' },
      createdAt: created.body['createdAt'],
    });
  });

  it('refuses identities of two people with 409, naming both', async () => {
    const [one, other] = [anEmail(), anEmail()];
    const ids = (await Promise.all([upsert({ identities: [email(one)] }), upsert({ identities: [email(other)] })])).map(({ body }) => body['id']);

    const { status, body } = await upsert({ identities: [email(one), email(other)] });

    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'CONFLICT', report: { additionalContext: { profileIds: ids.sort().join(',') } } });
  });

  it('lists every fault of a body with 400', async () => {
    const { status, body } = await upsert({ identities: [email('bell\u0007')], attributes: { a: 'nul\0' } });

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'INVALID_BODY', errors: [{ path: '/identities/0/value' }, { path: '/attributes' }] });
  });

  it('is found by any of its identities and by its id, and by nothing of another tenant', async () => {
    const address = anEmail();
    const { body } = await upsert({ identities: [email(address), { namespace: 'loyalty', value: address }] });
    const id = String(body['id']);

    const [byEmail, byLoyalty, byId, elsewhere] = await Promise.all([
      find('EMAIL', ` ${address.toUpperCase()} `),
      find('loyalty', address),
      call('GET', `/internal/profiles/${id}?${tenant}`),
      call('GET', `/internal/profiles/${id}?tenantId=acme%2Fdev`),
    ]);

    expect(byEmail.body).toEqual({ items: [body] });
    expect(byLoyalty.body).toEqual({ items: [body] });
    expect(byId.body).toEqual(body);
    expect([elsewhere.status, elsewhere.body['code']]).toEqual([404, 'NOT_FOUND']);
    expect((await find('loyalty', 'nobody')).body).toEqual({ items: [] });
  });

  it('is gone with its identities after it was deleted', async () => {
    const address = anEmail();
    const { body } = await upsert({ identities: [email(address)] });
    const path = `/internal/profiles/${String(body['id'])}?${tenant}`;

    const statuses = [await call('DELETE', path.replace('prod', 'dev')), await call('DELETE', path), await call('DELETE', path)].map((one) => one.status);

    expect(statuses).toEqual([404, 204, 404]);
    expect((await find('email', address)).body).toEqual({ items: [] });
    expect((await call('GET', `/internal/profiles/not-an-id?${tenant}`)).status).toBe(404);
  });

  it('lets in nobody without the internal token', async () => {
    expect((await call('GET', `/internal/profiles?${tenant}&namespace=email&value=a`, { token: 'a guess of some length' })).status).toBe(401);
  });

  it('asks to try again while the settings of the sandbox have not arrived', async () => {
    const { status, body } = await call('PUT', '/internal/profiles', { body: JSON.stringify({ tenantId: 'new/prod', identities: [email(anEmail())] }) });

    expect([status, body['code']]).toEqual([503, 'UNAVAILABLE']);
  });
});

describe(`${ProfilesController.name}: a bulk upload`, () => {
  it('stores each line, reports each bad one with its number, and goes on', async () => {
    const [one, other] = [anEmail(), anEmail()];

    const { status, result } = await upload([
      line(one), '\n', 'not JSON\n', line(other), '{"identities":[]}\n', line('bell\u0007'), line(one, other), line(one),
      `{"identities":[{"namespace":"email","value":"${'x'.repeat(1_100_000)}"}]}\n`, line(anEmail()).trim(),
    ]);

    expect(status).toBe(200);
    expect(BulkProfiles.parse(result)).toMatchObject({ received: 9, created: 3, updated: 1, failed: 5 });
    expect(result.errors.map((error) => [error.line, error.code]).sort()).toEqual([
      [3, 'INVALID_JSON'], [5, 'INVALID_BODY'], [6, 'INVALID_IDENTITY'], [7, 'CONFLICT'], [9, 'LINE_TOO_LONG'],
    ]);
    expect((await find('email', other)).body).toMatchObject({ items: [{ attributes: { from: 'bulk' }, dataset: 'Postrider Profiles' }] });
  });

  it('changes nothing the second time', async () => {
    const lines = Array.from({ length: 1_200 }, () => line(anEmail()));

    const first = await upload(lines);
    const second = await upload(lines);

    expect(first.result).toEqual({ received: 1_200, created: 1_200, updated: 0, failed: 0, errors: [] });
    expect(second.result).toEqual({ received: 1_200, created: 0, updated: 1_200, failed: 0, errors: [] });
  });

  it('keeps 1,000 errors and counts them all', async () => {
    const { result } = await upload(Array.from({ length: 1_500 }, () => '!\n'));

    expect(result.failed).toBe(1_500);
    expect(result.errors).toHaveLength(1_000);
    expect(result.errors.at(-1)?.line).toBe(1_000);
  });

  it('says how far it came when Postgres goes away', async () => {
    const sql = app.get(Sql);
    const transaction = sql.transaction.bind(sql);
    let chunks = 0;
    const spy = jest.spyOn(sql, 'transaction').mockImplementation(async (run) => {
      if (++chunks === 3) throw new DependencyUnavailable('postgres', new Error('spec'));
      return transaction(run);
    });

    const { status, result } = await upload(Array.from({ length: 1_700 }, () => line(anEmail())));
    spy.mockRestore();

    expect(status).toBe(503);
    expect(result).toMatchObject({ code: 'UNAVAILABLE', report: { additionalContext: { handledLines: '1000' } } });
  });

  it('keeps whole chunks of a caller that goes away, and goes on serving others', async () => {
    const addresses = Array.from({ length: 600 }, () => anEmail());
    const leaving = new AbortController();
    async function* lines(): AsyncGenerator<string> {
      yield* addresses.map((address) => line(address));
      await new Promise((resolve) => leaving.signal.addEventListener('abort', resolve));
    }
    const upload = call('POST', `/internal/profiles/bulk?${tenant}`, { body: bytesOf(lines()), type: 'application/x-ndjson', signal: leaving.signal });
    const ended = upload.catch((error: Error) => error.name);
    await eventually(async () => expect((await find('email', addresses[499] ?? '')).body['items']).toHaveLength(1));

    leaving.abort();

    expect(await ended).toBe('AbortError');
    expect((await find('email', addresses[500] ?? '')).body).toEqual({ items: [] });
    expect((await upsert({ identities: [email(addresses[500] ?? '')] })).status).toBe(201);
  });

  it('refuses a body that is not lines', async () => {
    expect((await call('POST', `/internal/profiles/bulk?${tenant}`, { body: '{}' })).status).toBe(400);
  });
});
