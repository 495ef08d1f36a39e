/** Servers that are really away: Postgres behind a proxy that is cut, and a broker of this file's own that crashes. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ALL_MESSAGES, ExecutionAccepted, topicOf, type AcceptedCall, type ExecutionStatusAnswer, type Problem } from '@postrider/contracts';
import { KafkaConnection, createTopics } from '@postrider/kafka';
import { Logger } from '@postrider/runtime';
import { TopicReader, eventually, ownKafka, type OwnServer } from '@postrider/testing';
import { aCall } from './builders.js';
import { cuttableProxy, type CuttableProxy } from './cuttable-proxy.js';
import { RunningService, type Answer } from './running-service.js';

jest.setTimeout(120_000);

const UNITARY = '/im/executions/unitary';
const PATIENCE = { timeoutMs: 45_000 };

let service: RunningService;

const rowsOf = async (campaignId: string): Promise<number> =>
  (await service.postgres.query('SELECT 1 FROM ingest.executions WHERE campaign_id = $1', [campaignId])).rows.length;

function expectToTryAgain({ status, body, headers }: Answer<Problem>): void {
  expect([status, body.code]).toEqual([503, 'UNAVAILABLE']);
  expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

describe('while Postgres is away', () => {
  let proxy: CuttableProxy;

  beforeAll(async () => {
    service = await RunningService.prepare();
    proxy = await cuttableProxy(service.database.urlFor('ingest'));
    await service.start({ POSTGRES_URL: proxy.url });
  });

  afterAll(async () => {
    await service.drop();
    await proxy.cut();
  });

  it('calls are refused with when to come back, leave nothing half accepted, and are taken once it is back', async () => {
    const { campaign } = await service.campaign();
    const before = await service.call<AcceptedCall>('POST', UNITARY, aCall(campaign.id));
    const calls = Array.from({ length: 10 }, () => aCall(campaign.id));
    await proxy.cut();

    const refused = await Promise.all(calls.map((call) => service.call<Problem>('POST', UNITARY, call)));
    const rows = await rowsOf(campaign.id);
    await proxy.mend();
    const accepted = await Promise.all(calls.map((call) => eventually(async () => {
      const answer = await service.call<AcceptedCall>('POST', UNITARY, call);
      expect(answer.status).toBe(202);
      return answer.body;
    }, PATIENCE)));

    refused.forEach(expectToTryAgain);
    expect(rows).toBe(1);
    await eventually(() => {
      for (const { executionId } of [before.body, ...accepted]) expect(service.published(ExecutionAccepted, executionId)).toHaveLength(1);
    });
    expect(await rowsOf(campaign.id)).toBe(11);
  });

  it('every other route asks to try again too, and health says so to anybody', async () => {
    const { campaign } = await service.campaign();
    const { body: { executionId, requestId } } = await service.call<AcceptedCall>('POST', UNITARY, aCall(campaign.id));
    const query = new URLSearchParams({ requestId, campaignId: campaign.id });
    await proxy.cut();

    const answers = await Promise.all([
      service.call<Problem>('GET', `/im/executions/${executionId}`),
      service.call<Problem>('GET', `/im/executions?${query.toString()}`),
      service.call<Problem>('GET', `/im/executions/${executionId}/recipients`),
      service.call<Problem>('DELETE', `/im/executions/${executionId}`),
    ]);
    const health = await eventually(async () => {
      const answer = await service.call('GET', '/im/health');
      expect(answer.body.status).not.toBe('ok');
      return answer;
    });
    await proxy.mend();

    answers.forEach(expectToTryAgain);
    expect(health.status).toBeLessThan(500);
    await eventually(async () => expect((await service.call('GET', `/im/executions/${executionId}`)).status).toBe(200), PATIENCE);
  });
});

describe('while the broker is away', () => {
  let broker: OwnServer;

  beforeAll(async () => {
    broker = await ownKafka();
    const brokers = [broker.url];
    const connection = new KafkaConnection({ brokers, clientId: 'topic-job', topicPrefix: '' }, Logger.create('spec', 'silent'));
    await createTopics(connection, ALL_MESSAGES, { partitions: 2, replicationFactor: 1 });
    service = await RunningService.prepare({ prefix: '', brokers, drop: async () => undefined });
    await service.start();
  });

  afterAll(async () => {
    await service.drop();
    await broker.remove();
  });

  it('nobody is told 202; the same calls are taken once it is back, each as one execution with one key', async () => {
    const { campaign } = await service.campaign();
    const calls = Array.from({ length: 5 }, () => aCall(campaign.id));
    await service.call('POST', UNITARY, aCall(campaign.id));
    await broker.crash();

    const refused = await Promise.all(calls.map((call) => service.call<Problem>('POST', UNITARY, call)));
    const query = new URLSearchParams({ requestId: calls[0]?.requestId ?? '', campaignId: campaign.id });
    const { body: during } = await service.call<ExecutionStatusAnswer>('GET', `/im/executions?${query.toString()}`);
    await broker.restart();
    const accepted = await Promise.all(calls.map((call) => eventually(async () => {
      const answer = await service.call<AcceptedCall>('POST', UNITARY, call);
      expect(answer.status).toBe(202);
      return answer.body;
    }, PATIENCE)));

    refused.forEach(expectToTryAgain);
    expect(during).toMatchObject({ status: 'InProgress', totals: { targeted: 1, pending: 1 } });
    expect(await rowsOf(campaign.id)).toBe(6);
    const topic = topicOf(ExecutionAccepted, 'transactional');
    const reader = await TopicReader.start([broker.url], [topic]);
    await eventually(() => {
      for (const { executionId, recipients } of accepted) {
        const records = reader.records(topic).filter(({ value }) => value?.includes(executionId));
        expect(records.length).toBeGreaterThan(0);
        expect(new Set(records.map(({ key }) => key)).size).toBe(1);
        expect(new Set(records.map(({ value }) => (JSON.parse(String(value)) as ExecutionAccepted).recipients[0]?.messageId))).toEqual(new Set([recipients[0]?.messageId]));
      }
    }, PATIENCE);
    await reader.stop();
  });
});
