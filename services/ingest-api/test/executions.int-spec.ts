import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ExecutionStatusAnswer, RecipientPage, type AcceptedCall, type Problem } from '@postrider/contracts';
import { ExecutionsController } from '../src/executions/executions.controller.js';
import { ImHealthController } from '../src/health/im-health.controller.js';
import { aCall, aCallRecipient, anApiKey } from './builders.js';
import { INTERNAL_TOKEN, RunningService } from './running-service.js';

jest.setTimeout(60_000);

let service: RunningService;
let dispatcher: Server;
/** What the dispatcher was asked. */
const asked: { url: string; token: unknown; body: unknown }[] = [];
let answer = { status: 200, body: '{"cancelled":2,"gone":0}' };

beforeAll(async () => {
  dispatcher = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ url: `${request.method} ${request.url}`, token: request.headers['x-internal-token'], body: JSON.parse(body) as unknown });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  await once(dispatcher, 'listening');
  service = await RunningService.prepare();
  await service.start({ DISPATCHER_URL: `http://127.0.0.1:${(dispatcher.address() as AddressInfo).port}` });
});

afterAll(async () => {
  await service.drop();
  dispatcher.close();
});

/** An execution with these many recipients. */
async function accept(recipients = 2): Promise<AcceptedCall> {
  const { campaign } = await service.campaign();
  const call = aCall(campaign.id, { recipients: Array.from({ length: recipients }, () => aCallRecipient()) });
  return (await service.call<AcceptedCall>('POST', '/im/executions/unitary', call)).body;
}

const statusOf = async (executionId: string): Promise<ExecutionStatusAnswer> =>
  ExecutionStatusAnswer.parse((await service.call('GET', `/im/executions/${executionId}`)).body);

async function recipientsOf(executionId: string, query = ''): Promise<RecipientPage> {
  const { body } = await service.call('GET', `/im/executions/${executionId}/recipients${query}`);
  return RecipientPage.parse(body);
}

describe(`${ExecutionsController.name}: an execution`, () => {
  it('has everything pending until the ledger counts, and then what it counts', async () => {
    const { executionId, createdAt } = await accept(3);

    const before = await statusOf(executionId);
    await service.ledgerHas(executionId, { targeted: 3, sent: 1, failed: 1 });
    const during = await statusOf(executionId);

    expect(before).toMatchObject({ executionId, status: 'InProgress', createdAt, createdBy: service.key.id, completedAt: null, totals: { targeted: 3, pending: 3, sent: 0 } });
    expect(during).toMatchObject({ status: 'InProgress', totals: { targeted: 3, sent: 1, failed: 1, pending: 1 } });
  });

  it.each([
    [{ sent: 1, failed: 1 }, 'Succeeded'],
    [{ sent: 0, failed: 2 }, 'Failed'],
  ])('that ended with %j is %s', async (counts, status) => {
    const { executionId } = await accept();

    await service.ledgerHas(executionId, { targeted: 2, ...counts });

    expect((await statusOf(executionId)).status).toBe(status);
  });

  it('has totals that add up whatever the ledger has counted so far, and is in progress exactly while something is pending (I0)', async () => {
    const { executionId } = await accept(6);
    await service.ledgerHas(executionId, { targeted: 6 });
    const ends = ['sent', 'failed', 'excluded', 'expired', 'cancelled', 'unknown'] as const;

    for (const [i, end] of ends.entries()) {
      await service.postgres.query(`UPDATE delivery.tallies SET ${end} = ${end} + 1 WHERE execution_id = $1`, [executionId]);
      const { status, totals: { targeted, pending, ...counted } } = await statusOf(executionId);

      expect([targeted, pending]).toEqual([6, 5 - i]);
      expect(Object.values(counted).reduce((sum, count) => sum + count, pending)).toBe(targeted);
      expect(counted[end]).toBe(1);
      expect(status).toBe(pending > 0 ? 'InProgress' : 'Succeeded');
    }
  });

  it('is found by the requestId and the campaign together', async () => {
    const { executionId, requestId } = await accept();
    const { campaignId } = await statusOf(executionId);
    const query = (fields: Record<string, string>) => service.call<Problem>('GET', `/im/executions?${new URLSearchParams(fields).toString()}`);

    expect((await query({ requestId, campaignId })).body).toMatchObject({ executionId });
    expect((await query({ requestId: 'other', campaignId })).body.code).toBe('EXECUTION_NOT_FOUND');
    expect((await query({ requestId })).body.code).toBe('INVALID_QUERY');
  });

  it('does not exist for another tenant', async () => {
    const { executionId } = await accept();
    const elsewhere = { 'x-sandbox-name': 'dev' };

    const answers = await Promise.all([
      service.call<Problem>('GET', `/im/executions/${executionId}`, undefined, elsewhere),
      service.call<Problem>('GET', `/im/executions/${executionId}/recipients`, undefined, elsewhere),
      service.call<Problem>('DELETE', `/im/executions/${executionId}`, undefined, elsewhere),
    ]);

    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(Array.from({ length: 3 }, () => '404 EXECUTION_NOT_FOUND'));
  });
});

describe(`${ExecutionsController.name}: recipients`, () => {
  it('are those of the call in its order, accepted until the ledger says more', async () => {
    const { executionId, recipients, createdAt } = await accept(3);
    await service.ledgerSays(executionId, recipients[1]?.messageId ?? '', 'bounced');

    const { items, nextCursor } = await recipientsOf(executionId);

    expect(items.map(({ messageId }) => messageId)).toEqual(recipients.map(({ messageId }) => messageId));
    expect(items.map(({ state }) => state)).toEqual(['accepted', 'bounced', 'accepted']);
    expect(items[0]).toMatchObject({ userId: recipients[0]?.userId, namespace: 'email', attempts: 0, timeline: [{ state: 'accepted', at: createdAt }] });
    expect(items[1]?.timeline.map(({ state }) => state)).toEqual(['accepted', 'bounced']);
    expect(nextCursor).toBeNull();
  });

  it('are filtered by state, and by states that exist', async () => {
    const { executionId, recipients } = await accept(2);
    await service.ledgerSays(executionId, recipients[0]?.messageId ?? '', 'sent');

    expect((await recipientsOf(executionId, '?state=sent')).items.map(({ messageId }) => messageId)).toEqual([recipients[0]?.messageId]);
    expect((await service.call<Problem>('GET', `/im/executions/${executionId}/recipients?state=lost`)).body.code).toBe('INVALID_QUERY');
    expect((await service.call<Problem>('GET', `/im/executions/${executionId}/recipients?cursor=nonsense`)).body.code).toBe('INVALID_QUERY');
    expect((await service.call<Problem>('GET', `/im/executions/${executionId}/recipients?cursor=MA&cursor=MA`)).body.code).toBe('INVALID_QUERY');
  });
});

describe(`${ExecutionsController.name}: cancelling`, () => {
  it('asks the dispatcher, which knows what has gone', async () => {
    const { executionId } = await accept(2);

    const { status, body } = await service.call('DELETE', `/im/executions/${executionId}`);

    expect([status, body]).toEqual([200, { cancelled: 2, gone: 0 }]);
    expect(asked.at(-1)).toEqual({ url: `POST /internal/executions/${executionId}/cancel`, token: INTERNAL_TOKEN, body: { tenantId: 'acme/prod', targeted: 2 } });
  });

  it.each([[500, '{}'], [200, 'nonsense'], [200, '{"cancelled":-1}']])('asks to try again when the dispatcher answers %i %s', async (status, body) => {
    const { executionId } = await accept();
    answer = { status, body };

    const refused = await service.call<Problem>('DELETE', `/im/executions/${executionId}`);
    answer = { status: 200, body: '{"cancelled":2,"gone":0}' };

    expect([refused.status, refused.body.code]).toEqual([503, 'UNAVAILABLE']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe(ImHealthController.name, () => {
  it('tells anybody that calls are taken, and how old what waits is', async () => {
    await accept();

    const { status, body } = await service.call('GET', '/im/health', undefined, { authorization: '', 'x-api-key': '' });

    expect([status, body]).toMatchObject([200, { status: 'ok', lanes: { transactional: { oldestSeconds: expect.any(Number) } } }]);
  });
});

describe('credentials', () => {
  it('come before everything else', async () => {
    const { campaign } = await service.campaign();
    const [reader, writer] = [anApiKey({ scopes: ['read'] }), anApiKey({ scopes: ['execute'], orgId: 'other' })];
    await service.configure(reader, writer);
    const post = async (body: unknown, headers: Record<string, string>) => (await service.call<Problem>('POST', '/im/executions/unitary', body, headers)).body.code;

    expect(await post(aCall(campaign.id), { authorization: 'Bearer wrong' })).toBe('UNAUTHENTICATED');
    expect(await post('{"not json', { authorization: 'Bearer wrong' })).toBe('UNAUTHENTICATED');
    expect(await post({}, { 'x-api-key': writer.id })).toBe('UNAUTHENTICATED');
    expect(await post({}, { 'x-sandbox-name': 'stage' })).toBe('FORBIDDEN_SANDBOX');
    expect(await post({}, { 'x-api-key': reader.id })).toBe('FORBIDDEN_SCOPE');
    expect(await post('{"not json', { 'x-api-key': reader.id })).toBe('FORBIDDEN_SCOPE');
    expect(await post('{"not json', {})).toBe('INVALID_BODY');
  });
});
