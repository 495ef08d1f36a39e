import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AudienceExecutionAnswer, RecipientPage, type AcceptedAudienceCall, type AcceptedCall, type CancelledExecution, type ExecutionStatusAnswer, type Problem, type Run } from '@postrider/contracts';
import { AudienceCallController } from '../src/audiences/audience-call.controller.js';
import { ExecutionsController } from '../src/executions/executions.controller.js';
import { SANDBOX, aCall } from './builders.js';
import { Peer } from './peer.js';
import { INTERNAL_TOKEN, RunningService } from './running-service.js';

jest.setTimeout(60_000);

const AUDIENCE = '/im/executions/audience';

let service: RunningService;
let resolver: Peer;
let dispatcher: Peer;

beforeAll(async () => {
  [service, resolver, dispatcher] = await Promise.all([RunningService.prepare(), Peer.start(), Peer.start()]);
  await service.start({ AUDIENCE_RESOLVER_URL: resolver.url, DISPATCHER_URL: dispatcher.url });
});

beforeEach(() => {
  for (const peer of [resolver, dispatcher]) {
    peer.answers.clear();
    peer.asked.length = 0;
  }
});

afterAll(async () => {
  await service.drop();
  resolver.stop();
  dispatcher.stop();
});

async function accept(): Promise<{ executionId: string; audienceId: string; campaignId: string }> {
  const { campaign, audience } = await service.marketing();
  const { body } = await service.call<AcceptedAudienceCall>('POST', AUDIENCE, { campaignId: campaign.id });
  return { executionId: body.executionId, audienceId: audience.id, campaignId: campaign.id };
}

function aRun(executionId: string, overrides: Partial<Run> = {}): Run {
  return { executionId, audienceId: 'a', evaluationId: randomUUID(), state: 'Running', targeted: 10, resolved: 4, missingIdentity: 1, ...overrides };
}

/** The resolver knows the run, whatever it is asked. */
function runIs(executionId: string, overrides: Partial<Run> = {}): void {
  const run = aRun(executionId, overrides);
  resolver.answer(`GET /internal/runs/${executionId}`, run);
  for (const action of ['cancel', 'pause', 'resume']) resolver.answer(`POST /internal/runs/${executionId}/${action}`, run);
}

const audienceStatus = async (executionId: string): Promise<AudienceExecutionAnswer> =>
  AudienceExecutionAnswer.strict().parse((await service.call('GET', `${AUDIENCE}/${executionId}`)).body);

const status = async (executionId: string): Promise<ExecutionStatusAnswer> => (await service.call<ExecutionStatusAnswer>('GET', `/im/executions/${executionId}`)).body;

const count = (executionId: string, set: string) => service.postgres.query(`UPDATE delivery.tallies SET ${set} WHERE execution_id = $1`, [executionId]);

describe(`${AudienceCallController.name}: an execution`, () => {
  it('is in progress with as many as the run says until the ledger knows how many, and then with what that counts', async () => {
    const { executionId, audienceId, campaignId } = await accept();

    const unmet = await audienceStatus(executionId);
    runIs(executionId);
    const running = await audienceStatus(executionId);
    await service.ledgerHas(executionId, { targeted: 12, sent: 5 });
    const counted = await audienceStatus(executionId);
    const general = await status(executionId);

    expect(unmet).toMatchObject({ executionId, audienceId, campaignId, status: 'InProgress', targetedProfileCount: 0, run: null });
    expect(running).toMatchObject({ status: 'InProgress', targetedProfileCount: 10, run: { state: 'Running', resolved: 4, missingIdentity: 1 } });
    expect(counted).toMatchObject({ status: 'InProgress', targetedProfileCount: 12, totals: { targeted: 12, sent: 5, pending: 7 } });
    expect(general).toMatchObject({ executionId, status: 'InProgress', totals: { targeted: 12, sent: 5, pending: 7 } });
  });

  it('is in progress while messages are counted and nobody knows yet how many there will be', async () => {
    const { executionId } = await accept();
    await service.ledgerHas(executionId, { targeted: 1, sent: 2 });
    await count(executionId, 'targeted = NULL');

    expect(await audienceStatus(executionId)).toMatchObject({ status: 'InProgress', targetedProfileCount: 2, totals: { targeted: 2, sent: 2, pending: 0 } });
    expect((await status(executionId)).status).toBe('InProgress');
  });

  it.each([
    ['excluded = 3', 'Succeeded'],
    ['sent = 2, failed = 1', 'Succeeded'],
    ['failed = 3', 'Failed'],
    ['targeted = 0', 'Succeeded'],
    ['sent = 1, unresolved = 2', 'Succeeded'],
  ])('that ended with %s is %s at each address', async (set, word) => {
    const { executionId } = await accept();
    await service.ledgerHas(executionId, { targeted: 3 });
    await count(executionId, set);

    expect([(await audienceStatus(executionId)).status, (await status(executionId)).status]).toEqual([word, word]);
  });

  it('is failed when its run is', async () => {
    const { executionId } = await accept();
    runIs(executionId, { state: 'Failed', targeted: 0 });

    expect([(await audienceStatus(executionId)).status, (await status(executionId)).status]).toEqual(['Failed', 'Failed']);
  });

  it('is told without its run while the resolver is away', async () => {
    const { executionId } = await accept();
    resolver.answer(`GET /internal/runs/${executionId}`, {}, 503);
    await service.ledgerHas(executionId, { targeted: 3, sent: 3 });

    expect(await audienceStatus(executionId)).toMatchObject({ status: 'Succeeded', targetedProfileCount: 3, run: null });
  });

  it('is found by this address only where it has an audience, and only by its tenant', async () => {
    const { executionId } = await accept();
    const { campaign } = await service.campaign();
    const unitary = await service.call<AcceptedCall>('POST', '/im/executions/unitary', aCall(campaign.id));
    const dev = { 'x-sandbox-name': 'dev' };

    const answers = await Promise.all([
      service.call<Problem>('GET', `${AUDIENCE}/${unitary.body.executionId}`), service.call<Problem>('GET', `${AUDIENCE}/${executionId}`, undefined, dev),
      service.call<Problem>('POST', `${AUDIENCE}/${executionId}/pause`, undefined, dev), service.call<Problem>('DELETE', `/im/executions/${executionId}`, undefined, dev),
    ]);

    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.code}`))).toEqual(new Set(['404 EXECUTION_NOT_FOUND']));
    expect([...resolver.asked, ...dispatcher.asked]).toEqual([]);
  });
});

describe(`${ExecutionsController.name}: members of an audience`, () => {
  const page = async (executionId: string, query: string): Promise<RecipientPage> =>
    RecipientPage.parse((await service.call('GET', `/im/executions/${executionId}/recipients${query}`)).body);

  it('are listed as the ledger has them, each once, page by page and by their state', async () => {
    const { executionId } = await accept();
    await service.postgres.query(
      `INSERT INTO delivery.messages (message_id, execution_id, tenant_id, request_id, campaign_id, campaign_version_id, recipient_key, channel, namespace,
         user_id, state, sequence, attempts, accepted_at, expires_at, updated_at)
       SELECT gen_random_uuid(), execution_id, tenant_id, request_id, campaign_id, campaign_version_id, 'key', 'email', namespace,
         'user-' || i, CASE WHEN i % 10 = 0 THEN 'excluded' ELSE 'sent' END, 2, 1, created_at, expires_at, now()
       FROM ingest.executions, generate_series(1, 1050) i WHERE execution_id = $1`,
      [executionId],
    );

    const seen: string[] = [];
    const lengths: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, nextCursor }: RecipientPage = await page(executionId, cursor === '' ? '' : `?cursor=${cursor}`);
      seen.push(...items.map(({ userId }) => userId));
      lengths.push(items.length);
      cursor = nextCursor;
    }
    const excluded = await page(executionId, '?state=excluded');
    const rest = await page(executionId, `?state=excluded&cursor=${excluded.nextCursor}`);

    expect([seen.length, new Set(seen).size]).toEqual([1_050, 1_050]);
    expect(lengths).toEqual([...Array.from({ length: 10 }, () => 100), 50]);
    expect([excluded.items.length, rest.items.length, rest.nextCursor]).toEqual([100, 5, null]);
    expect([...excluded.items, ...rest.items].every(({ state }) => state === 'excluded')).toBe(true);
    expect((await page(executionId, '?state=failed')).items).toEqual([]);
  });

  it.each(['cursor=nonsense', `cursor=${Buffer.from('100').toString('base64url')}`, 'state=lost'])('are not listed with %s', async (query) => {
    const { executionId } = await accept();

    const { status: code, body } = await service.call<Problem>('GET', `/im/executions/${executionId}/recipients?${query}`);

    expect([code, body.code]).toEqual([400, 'INVALID_QUERY']);
  });
});

describe(`${ExecutionsController.name}: cancelling an audience`, () => {
  const cancel = <Body = CancelledExecution>(executionId: string) => service.call<Body>('DELETE', `/im/executions/${executionId}`);

  it('stops the run first, and then answers how many of the whole audience were cancelled and how many had gone', async () => {
    const { executionId } = await accept();
    runIs(executionId, { state: 'Cancelled', targeted: 1_000 });
    dispatcher.answer(`POST /internal/executions/${executionId}/cancel`, { cancelled: 990, gone: 10 });

    const { status: code, body } = await cancel(executionId);

    expect([code, body]).toEqual([200, { cancelled: 990, gone: 10 }]);
    expect(resolver.asked).toEqual([{ call: `POST /internal/runs/${executionId}/cancel`, token: INTERNAL_TOKEN, body: { tenantId: SANDBOX.id } }]);
    expect(dispatcher.asked).toEqual([{ call: `POST /internal/executions/${executionId}/cancel`, token: INTERNAL_TOKEN, body: { tenantId: SANDBOX.id, targeted: 1_000 } }]);
  });

  it('asks for nothing of the dispatcher while the resolver is away, and can be repeated', async () => {
    const { executionId } = await accept();
    resolver.answer(`POST /internal/runs/${executionId}/cancel`, {}, 503);

    const { status: code, body } = await cancel<Problem>(executionId);

    expect([code, body.code, dispatcher.asked]).toEqual([503, 'UNAVAILABLE', []]);
  });

  it('waits for a resolver that has not met the run; when it does not, nothing will be sent, and the caller is to ask again', async () => {
    const { executionId } = await accept();
    dispatcher.answer(`POST /internal/executions/${executionId}/cancel`, { cancelled: 0, gone: 0 });

    const unmet = await cancel<Problem>(executionId);
    const stopped = dispatcher.calls();
    setTimeout(() => runIs(executionId, { state: 'Cancelled', targeted: 3 }), 300);
    const met = await cancel(executionId);

    expect([unmet.status, unmet.body.code, stopped]).toEqual([503, 'UNAVAILABLE', [`POST /internal/executions/${executionId}/cancel`]]);
    expect([met.status, dispatcher.asked.at(-1)?.body]).toEqual([200, { tenantId: SANDBOX.id, targeted: 3 }]);
  });

  it('of one that was never accepted cancels nothing', async () => {
    const { executionId } = await accept();
    await service.postgres.query(`UPDATE ingest.executions SET created_at = created_at - interval '2 minutes', published_at = NULL WHERE execution_id = $1`, [executionId]);
    dispatcher.answer(`POST /internal/executions/${executionId}/cancel`, { cancelled: 0, gone: 0 });

    expect((await cancel(executionId)).body).toEqual({ cancelled: 0, gone: 0 });
    expect(resolver.asked).toEqual([]);
  });
});

describe(`${AudienceCallController.name}: pause and resume`, () => {
  it.each(['pause', 'resume'] as const)('%s goes to the resolver, then to the dispatcher, and answers how the execution stands', async (action) => {
    const { executionId } = await accept();
    runIs(executionId, { state: action === 'pause' ? 'Paused' : 'Running' });
    dispatcher.answer(`POST /internal/executions/${executionId}/${action}`, {});

    const { status: code, body } = await service.call<AudienceExecutionAnswer>('POST', `${AUDIENCE}/${executionId}/${action}`);

    expect([code, body.run?.state]).toEqual([200, action === 'pause' ? 'Paused' : 'Running']);
    expect(resolver.calls()[0]).toBe(`POST /internal/runs/${executionId}/${action}`);
    expect(dispatcher.asked).toEqual([{ call: `POST /internal/executions/${executionId}/${action}`, token: INTERNAL_TOKEN, body: { tenantId: SANDBOX.id } }]);
  });

  it('holds what waits to be sent when the run has made all its recipients', async () => {
    const { executionId } = await accept();
    runIs(executionId, { state: 'Completed', resolved: 10 });
    resolver.answer(`POST /internal/runs/${executionId}/pause`, {}, 409);
    dispatcher.answer(`POST /internal/executions/${executionId}/pause`, {});
    await service.ledgerHas(executionId, { targeted: 10, sent: 2 });

    expect((await service.call('POST', `${AUDIENCE}/${executionId}/pause`)).status).toBe(200);
    expect(dispatcher.calls()).toEqual([`POST /internal/executions/${executionId}/pause`]);
  });

  it.each([
    ['was cancelled', 'Cancelled', 2],
    ['has sent all', 'Completed', 10],
  ] as const)('is a conflict when the execution %s', async (_what, state, sent) => {
    const { executionId } = await accept();
    runIs(executionId, { state });
    resolver.answer(`POST /internal/runs/${executionId}/pause`, {}, 409);
    await service.ledgerHas(executionId, { targeted: 10, sent });

    const { status: code, body } = await service.call<Problem>('POST', `${AUDIENCE}/${executionId}/pause`);

    expect([code, body.code, dispatcher.asked]).toEqual([409, 'CONFLICT', []]);
  });

  it('is 503 when either does not answer', async () => {
    const { executionId } = await accept();
    runIs(executionId, { state: 'Paused' });

    const { status: code, body } = await service.call<Problem>('POST', `${AUDIENCE}/${executionId}/pause`);

    expect([code, body.code]).toEqual([503, 'UNAVAILABLE']);
  });
});
