import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ExecutionAccepted, ExecutionResolved, RecipientReady, type AcceptedCall, type Problem, type UnitaryCall } from '@postrider/contracts';
import { executionIdOf } from '@postrider/identity';
import { eventually } from '@postrider/testing';
import { TENANT, aCall, aCallRecipient, anEmail } from './builders.js';
import { RunningService } from './running-service.js';

jest.setTimeout(60_000);

const UNITARY = '/im/executions/unitary';
const HIGH = '/im/executions/highthroughput';
const DEV = { 'x-sandbox-name': 'dev' };

let service: RunningService;

beforeAll(async () => {
  service = await RunningService.prepare();
  await service.start();
});

afterAll(() => service.drop());

async function post(path: string, body: unknown, headers?: Record<string, string>): Promise<string> {
  const answer = await service.call<Problem>('POST', path, body, headers);
  return answer.status === 202 ? '202' : `${answer.status} ${answer.body.code}`;
}

const stored = async (requestId: string): Promise<number> => (await service.postgres.query('SELECT 1 FROM ingest.executions WHERE request_id = $1', [requestId])).rows.length;
const to = (...recipients: Parameters<typeof aCallRecipient>[0][]) => ({ recipients: recipients.map((one) => aCallRecipient(one)) });

describe('a refused call', () => {
  it.each([
    ['400 NO_RECIPIENTS', { recipients: [] }],
    ['400 TOO_MANY_RECIPIENTS', to(...Array.from({ length: 21 }, () => ({})))],
    ['400 DUPLICATE_RECIPIENT', to({ userId: 'a@shop.test' }, { userId: 'A@shop.test' })],
    ['400 RESERVED_CONTEXT', to({ context: { system: 1 } })],
    ['400 INVALID_BODY', { failureMode: 'some' as never }],
    ['413 CONTEXT_TOO_LARGE', to({ context: { a: 'x'.repeat(205_000) } })],
    ['413 BODY_TOO_LARGE', to({ userId: 'x'.repeat(1_100_000) })],
    ['422 INVALID_IDENTITY', to({ userId: '' })],
    ['422 NAMESPACE_MISMATCH', to({ namespace: 'phone' })],
    ['422 MALFORMED_ADDRESS', to({ userId: 'nonsense' })],
    ['422 CONTEXT_INVALID', to({ context: { order: [] } })],
    ['422 EXPIRED', { expiresAt: '2020-01-01T00:00:00Z' }],
  ] satisfies [string, Partial<UnitaryCall>][])('with %s leaves nothing behind and does not use its requestId up, at either endpoint', async (refusal, changes) => {
    const [slow, fast] = await Promise.all([service.campaign(), service.campaign({ throughput: 'high' })]);
    const requestId = randomUUID();
    const calls = [[UNITARY, slow.campaign.id], [HIGH, fast.campaign.id]] as const;

    const refused = await Promise.all(calls.map(([path, id]) => post(path, { ...aCall(id, { requestId }), ...changes })));
    const left = await stored(requestId);
    const taken = await Promise.all(calls.map(([path, id]) => post(path, aCall(id, { requestId }))));

    expect(refused).toEqual([refusal, refusal]);
    expect(left).toBe(0);
    expect(taken).toEqual(['202', '202']);
  });

  it('is one for the other endpoint, which is named', async () => {
    const [slow, fast] = await Promise.all([service.campaign(), service.campaign({ throughput: 'high' })]);

    expect(await post(HIGH, aCall(slow.campaign.id))).toBe('409 CAMPAIGN_TYPE_MISMATCH');
    expect(await post(UNITARY, aCall(fast.campaign.id))).toBe('409 CAMPAIGN_TYPE_MISMATCH');
  });

  it.each(['dryRun=yes', 'dryRun=', 'dryRun=true&dryRun=false'])('has the query %s, and is not taken for a real one', async (query) => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);

    expect(await post(`${UNITARY}?${query}`, call)).toBe('400 INVALID_QUERY');
    expect(await stored(call.requestId)).toBe(0);
  });

  it('is a dry run exactly where the call itself would be, with the same faults', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id, to({ userId: '' }, { namespace: 'phone' }));

    const [real, dry] = await Promise.all([UNITARY, `${UNITARY}?dryRun=true`].map((path) => service.call<Problem>('POST', path, call)));

    expect(dry?.status).toBe(422);
    expect({ ...dry?.body, requestId: '' }).toEqual({ ...real?.body, requestId: '' });
  });

  it('has another content type, or a path that is none of ours', async () => {
    expect(await post(UNITARY, 'a,b', { 'content-type': 'text/csv' })).toBe('415 UNSUPPORTED_MEDIA_TYPE');
    expect(await post('/im/executions/binary', {})).toBe('404 NOT_FOUND');
  });

  it('is answered as Adobe answers: a type that ends in the code, a report of strings, and an id of the request', async () => {
    const { status, headers, body } = await service.call<Problem>('POST', UNITARY, {}, { 'x-request-id': 'of-the-caller' });

    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ type: expect.stringMatching(/INVALID_BODY$/), title: expect.any(String), status: 400, code: 'INVALID_BODY', report: { additionalContext: {} } });
    expect(body.requestId).toBe(headers.get('x-request-id'));
    expect(body.requestId).not.toBe('of-the-caller');
  });
});

describe('a requestId', () => {
  it('that was used refuses any other body, also one that would be refused by itself', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    await post(UNITARY, call);

    const codes = await Promise.all([{ failureMode: 'partial' as const }, to({}), to({ userId: '' })].map((changes) => post(UNITARY, { ...call, ...changes })));

    expect(codes).toEqual(Array.from({ length: 3 }, () => '409 REQUEST_ID_REUSED'));
  });

  it('with the same body in another order of fields is the same call', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    const first = await service.call('POST', UNITARY, call);

    const again = await service.call('POST', UNITARY, Object.fromEntries(Object.entries(call).reverse()));

    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
  });

  it('is free in another campaign', async () => {
    const [one, other] = await Promise.all([service.campaign(), service.campaign()]);
    const call = aCall(one.campaign.id);

    expect(await Promise.all([post(UNITARY, call), post(UNITARY, { ...call, campaignId: other.campaign.id })])).toEqual(['202', '202']);
    expect(await stored(call.requestId)).toBe(2);
  });

  it('makes one execution at high throughput too, whose messages have the ids of the answer', async () => {
    const { campaign } = await service.campaign({ throughput: 'high' });
    const call = aCall(campaign.id, to({}, {}));

    const answers = await Promise.all(Array.from({ length: 50 }, () => service.call<AcceptedCall>('POST', HIGH, call)));

    const [first] = answers;
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    await eventually(() => {
      const ready = service.published<RecipientReady>(RecipientReady, first?.body.executionId ?? '');
      expect(new Set(ready.map(({ messageId }) => messageId))).toEqual(new Set(first?.body.recipients.map(({ messageId }) => messageId)));
      expect(service.published(ExecutionResolved, first?.body.executionId ?? '').length).toBeGreaterThan(0);
    });
  });
});

describe('another tenant', () => {
  it('finds neither the campaign nor the execution, by any route', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    const { body: { executionId } } = await service.call<AcceptedCall>('POST', UNITARY, call);
    const query = new URLSearchParams({ requestId: call.requestId, campaignId: campaign.id }).toString();
    const none = new URLSearchParams({ requestId: randomUUID(), campaignId: randomUUID() }).toString();
    const ask = async (method: string, path: string, body?: unknown) => {
      const { status, body: problem } = await service.call<Problem>(method, path, body, DEV);
      return { ...problem, status, requestId: undefined };
    };

    const foreign = await Promise.all([
      ask('POST', UNITARY, call), ask('POST', `${UNITARY}?dryRun=true`, call), ask('POST', HIGH, call), ask('GET', `/im/executions/${executionId}`),
      ask('GET', `/im/executions?${query}`), ask('GET', `/im/executions/${executionId}/recipients`), ask('DELETE', `/im/executions/${executionId}`),
    ]);
    const missing = await Promise.all([
      ask('POST', UNITARY, aCall(randomUUID())), ask('POST', `${UNITARY}?dryRun=true`, aCall(randomUUID())), ask('POST', HIGH, aCall(randomUUID())), ask('GET', '/im/executions/UMA-none'),
      ask('GET', `/im/executions?${none}`), ask('GET', '/im/executions/UMA-none/recipients'), ask('DELETE', '/im/executions/UMA-none'),
    ]);

    expect(foreign).toEqual(missing);
    expect(foreign.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 404));
  });

  it('makes an execution of its own of the same requestId, and its profiles are not ours', async () => {
    const email = anEmail();
    await service.know(email);
    const [ours, theirs] = await Promise.all([
      service.campaign({}, { unknownProfiles: 'refuse' }),
      service.campaign({ tenantId: 'acme/dev' }, { tenantId: 'acme/dev', unknownProfiles: 'refuse' }),
    ]);
    const call = aCall(ours.campaign.id, to({ userId: email }));

    expect(await post(UNITARY, call)).toBe('202');
    expect(await post(UNITARY, { ...call, campaignId: theirs.campaign.id }, DEV)).toBe('422 UNKNOWN_PROFILE');
    expect(await post(UNITARY, { ...call, campaignId: theirs.campaign.id })).toBe('404 CAMPAIGN_NOT_FOUND');
  });
});

describe('a dry run', () => {
  it.each([[UNITARY, 'standard'], [HIGH, 'high']] as const)('at %s stores and publishes nothing, and leaves the requestId free', async (path, throughput) => {
    const { campaign } = await service.campaign({ throughput });
    const call = aCall(campaign.id);

    const { status, body } = await service.call('POST', `${path}?dryRun=true`, call);
    const left = await stored(call.requestId);
    const other = aCall(campaign.id);
    const { body: next } = await service.call<AcceptedCall>('POST', path, other);

    const executionId = executionIdOf(TENANT, campaign.id, call.requestId);
    expect([status, body['executionId'], left]).toEqual([200, executionId, 0]);
    // Partitions are read apart, so this is time given to a record and no proof that there is none.
    await eventually(() => expect([ExecutionAccepted, RecipientReady].flatMap((contract) => service.published(contract, next.executionId))).toHaveLength(1));
    expect([ExecutionAccepted, RecipientReady, ExecutionResolved].flatMap((contract) => service.published(contract, executionId))).toEqual([]);
    expect(await post(path, { ...call, failureMode: 'partial' })).toBe('202');
  });
});
