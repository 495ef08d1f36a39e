import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ExecutionAccepted, ExecutionRejected, RecipientReady, ExecutionRequested, topicOf, type AcceptedCall, type ExecutionStatusAnswer, type ScheduleAnswer,
} from '@postrider/contracts';
import { MessagePublisher, deadLetterTopicOf } from '@postrider/kafka';
import { DependencyUnavailable } from '@postrider/runtime';
import { TopicReader, eventually } from '@postrider/testing';
import { ExecutionRequestedHandler } from '../src/trigger/execution-requested.handler.js';
import { aCall, aCallRecipient } from './builders.js';
import { RunningService } from './running-service.js';

jest.setTimeout(60_000);

let service: RunningService;
let app: NestFastifyApplication;

beforeAll(async () => {
  service = await RunningService.prepare();
  app = await service.start();
});

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(() => service.drop());

const aRequest = (body: object, overrides: Partial<ExecutionRequested> = {}): ExecutionRequested => ({
  imsOrg: 'acme', sandbox: 'prod', kind: 'unitary', body: body as ExecutionRequested['body'], ...overrides,
});

async function statusOf(requestId: string, campaignId: string): Promise<ExecutionStatusAnswer> {
  const { status, body } = await service.call<ExecutionStatusAnswer>('GET', `/im/executions?${new URLSearchParams({ requestId, campaignId }).toString()}`);
  expect(status).toBe(200);
  return body;
}

const accepted = (requestId: string, campaignId: string): Promise<ExecutionStatusAnswer> => eventually(() => statusOf(requestId, campaignId));

const rejection = (requestId: string): Promise<ExecutionRejected> =>
  eventually(() => {
    const found = service.rejected().find((one) => one.requestId === requestId);
    expect(found).toBeDefined();
    return ExecutionRejected.payload.parse(found);
  });

const stored = async (campaignId: string): Promise<number> =>
  (await service.postgres.query('SELECT 1 FROM ingest.executions WHERE campaign_id = $1', [campaignId])).rows.length;

describe(ExecutionRequestedHandler.name, () => {
  it('takes calls of every kind as over HTTP, and says that the topic made them', async () => {
    const [unitary, high, marketing] = await Promise.all([service.campaign(), service.campaign({ throughput: 'high' }), service.marketing()]);
    const calls = [aCall(unitary.campaign.id), aCall(high.campaign.id), { requestId: randomUUID(), campaignId: marketing.campaign.id, context: { order: 1 } }] as const;

    await service.request(aRequest(calls[0]), aRequest(calls[1], { kind: 'highthroughput' }), aRequest(calls[2], { kind: 'audience' }));

    const [first, second, third] = await Promise.all(calls.map(({ requestId, campaignId }) => accepted(requestId, campaignId)));
    expect([first, second, third].map((one) => one?.createdBy)).toEqual(Array.from({ length: 3 }, () => 'topic:trigger.execution-requested.v1'));
    await eventually(() => {
      expect(service.published(ExecutionAccepted, first?.executionId ?? '')).toMatchObject([{ lane: 'transactional', recipients: [{ userId: calls[0].recipients[0]?.userId }] }]);
      expect(service.published(RecipientReady, second?.executionId ?? '')).toHaveLength(1);
      expect(service.published(ExecutionAccepted, third?.executionId ?? '')).toMatchObject([{ lane: 'bulk', audience: { audienceId: marketing.audience.id, sharedContext: true } }]);
    });
  });

  it('does nothing more for a record that comes again, by the topic or by HTTP', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id);
    await service.request(aRequest(call));
    const { executionId } = await accepted(call.requestId, campaign.id);

    await service.request(aRequest(call), aRequest(call));
    const overHttp = await service.call<AcceptedCall>('POST', '/im/executions/unitary', call);
    const after = aCall(campaign.id);
    await service.request(aRequest(after, {}));
    await accepted(after.requestId, campaign.id);

    expect(overHttp.body).toMatchObject({ executionId, createdBy: 'topic:trigger.execution-requested.v1' });
    expect(await stored(campaign.id)).toBe(2);
    expect(service.rejected().filter(({ campaignId }) => campaignId === campaign.id)).toEqual([]);
  });

  it('takes the good ones of a batch, and rejects each other with the code that HTTP would have answered, and where it stood', async () => {
    const [unitary, stopped, marketing] = await Promise.all([service.campaign(), service.campaign({ status: 'Stopped' }), service.marketing()]);
    const good = aCall(unitary.campaign.id);
    const [mismatch, gone, empty, elsewhere, unknownAudience, mailbox] = Array.from({ length: 6 }, () => randomUUID()) as [string, string, string, string, string, string];

    await service.request(
      aRequest(aCall(stopped.campaign.id, { requestId: gone })),
      aRequest(aCall(marketing.campaign.id, { requestId: mismatch })),
      aRequest(good),
      aRequest(aCall(unitary.campaign.id, { requestId: empty, recipients: [] })),
      aRequest(aCall(unitary.campaign.id, { requestId: elsewhere }), { sandbox: 'nowhere' }),
      aRequest({ campaignId: marketing.campaign.id, requestId: unknownAudience, audience: { id: 'none' } }, { kind: 'audience' }),
      aRequest(aCall(unitary.campaign.id, { requestId: mailbox, recipients: [aCallRecipient({ userId: 'nonsense' })] })),
    );

    await accepted(good.requestId, unitary.campaign.id);
    const rejections = await Promise.all([gone, mismatch, empty, elsewhere, unknownAudience, mailbox].map(rejection));
    expect(rejections.map(({ status, code }) => `${status} ${code}`)).toEqual([
      '409 CAMPAIGN_STOPPED', '409 CAMPAIGN_TYPE_MISMATCH', '400 NO_RECIPIENTS', '403 FORBIDDEN_SANDBOX', '404 AUDIENCE_NOT_FOUND', '422 MALFORMED_ADDRESS',
    ]);
    expect(rejections[0]).toMatchObject({
      imsOrg: 'acme', sandbox: 'prod', kind: 'unitary', campaignId: stopped.campaign.id,
      source: { topic: `${service.topics.prefix}trigger.execution-requested.v1`, offset: expect.stringMatching(/^\d+$/) },
    });
    expect(rejections[5]?.errors).toMatchObject([{ path: '/recipients/0/userId', code: 'MALFORMED_ADDRESS', index: 0 }]);
  });

  it('needs a requestId for every kind', async () => {
    const { campaign } = await service.marketing();

    await service.request(aRequest({ campaignId: campaign.id }, { kind: 'audience' }));

    await eventually(() => {
      const found = service.rejected().filter(({ campaignId }) => campaignId === campaign.id);
      expect(found).toMatchObject([{ requestId: '', code: 'INVALID_BODY', errors: [{ path: '/requestId' }] }]);
    });
    expect(await stored(campaign.id)).toBe(0);
  });

  it('lets the first of two bodies with one requestId in, in the order of the topic', async () => {
    const { campaign } = await service.campaign();
    const calls = Array.from({ length: 20 }, () => aCall(campaign.id));

    await service.request(...calls.flatMap((call) => [aRequest(call), aRequest({ ...call, failureMode: 'partial' })]));

    const rejections = await Promise.all(calls.map(({ requestId }) => rejection(requestId)));
    expect(new Set(rejections.map(({ code }) => code))).toEqual(new Set(['REQUEST_ID_REUSED']));
    for (const call of calls) expect((await service.call('POST', '/im/executions/unitary', call)).status).toBe(202);
  });

  it('makes a schedule of a call with a time to come', async () => {
    const { campaign } = await service.campaign();
    const call = aCall(campaign.id, { executeAt: new Date(Date.now() + 600_000).toISOString() });

    await service.request(aRequest(call));

    await eventually(async () => {
      const { body } = await service.call<{ items: ScheduleAnswer[] }>('GET', `/im/executions/schedules?campaignId=${campaign.id}`);
      expect(body.items).toMatchObject([{ requestId: call.requestId, scheduleStatus: 'Scheduled', createdBy: 'topic:trigger.execution-requested.v1' }]);
    });
    expect(await stored(campaign.id)).toBe(0);
  });

  it('puts a record that cannot be read with the dead letters, and goes on with its neighbours', async () => {
    const { campaign } = await service.campaign();
    const [before, after] = [aCall(campaign.id), aCall(campaign.id)];

    await service.request(aRequest(before));
    await service.requestRaw(before.requestId, '{"not json');
    await service.requestRaw(before.requestId, '{"imsOrg": "acme"}');
    await service.request(aRequest(after));

    await Promise.all([before, after].map(({ requestId }) => accepted(requestId, campaign.id)));
    const letters = await TopicReader.start(service.topics.brokers, [service.topics.prefix + deadLetterTopicOf('ingest-api', topicOf(ExecutionRequested))]);
    await eventually(() => expect(letters.records().map(({ value }) => value?.toString()).sort()).toEqual(['{"imsOrg": "acme"}', '{"not json']));
    await letters.stop();
  });

  it('waits while the log or the database is away, and takes each record once it is back', async () => {
    const { campaign } = await service.campaign();
    const calls = Array.from({ length: 10 }, () => aCall(campaign.id));
    const publisher = app.get(MessagePublisher, { strict: false });
    const spy = jest.spyOn(publisher, 'publish');
    for (let i = 0; i < 15; i += 1) spy.mockRejectedValueOnce(new DependencyUnavailable('kafka', new Error('spec')));

    await service.request(...calls.map((call) => aRequest(call)), aRequest({ campaignId: campaign.id, requestId: 'bad' }));

    const statuses = await Promise.all(calls.map(({ requestId }) => accepted(requestId, campaign.id)));
    await eventually(() => {
      for (const { executionId } of statuses) expect(service.published(ExecutionAccepted, executionId).length).toBeGreaterThan(0);
    });
    expect((await rejection('bad')).code).toBe('INVALID_BODY');
    expect(await stored(campaign.id)).toBe(10);
  });

  it('publishes its rejections again when it died before they were known to be on the log', async () => {
    const { campaign } = await service.campaign({ status: 'Stopped' });
    const publisher = app.get(MessagePublisher, { strict: false });
    const original = publisher.publish.bind(publisher);
    let failures = 1;
    jest.spyOn(publisher, 'publish').mockImplementation(async (contract, payloads) => {
      await original(contract, payloads);
      if (contract === (ExecutionRejected as unknown) && failures-- > 0) throw new DependencyUnavailable('kafka', new Error('spec'));
    });
    const call = aCall(campaign.id);

    await service.request(aRequest(call));

    await eventually(() => {
      const found = service.rejected().filter(({ requestId }) => requestId === call.requestId);
      expect(found).toHaveLength(2);
      expect(new Set(found.map((one) => ExecutionRejected.id(one))).size).toBe(1);
    });
  });
});
