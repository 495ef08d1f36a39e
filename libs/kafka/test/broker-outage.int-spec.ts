/** A broker of this file's own is crashed and comes back. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationChanged, ExecutionResolved, type SandboxSettings } from '@postrider/contracts';
import { Logger } from '@postrider/runtime';
import { TopicReader, eventually, ownKafka, type OwnServer } from '@postrider/testing';
import { ConfigurationTable, KafkaConnection, MessagePublisher, createTopics } from '../src/index.js';
import { aHandler, facts, numbers } from './spec-handler.js';
import { SpecModule, SpecServices, startSpecService } from './spec-service.js';

const PATIENCE = { timeoutMs: 45_000 };

const sandbox = (name: string): SandboxSettings => ({ kind: 'sandbox', id: `acme/${name}`, sandboxId: name, orgId: 'acme', name, defaultRegion: 'SE' });

describe('a broker that is away for a while', () => {
  let broker: OwnServer;
  let brokers: string[];
  let services: SpecServices;
  const fatal: unknown[] = [];
  const onFatal = (error: unknown): void => void fatal.push(error);

  beforeAll(async () => {
    broker = await ownKafka();
    brokers = [broker.url];
    const connection = new KafkaConnection({ brokers, clientId: 'topic-job', topicPrefix: '' }, Logger.create('spec', 'silent'));
    await createTopics(connection, [ExecutionResolved, ConfigurationChanged], { partitions: 3, replicationFactor: 1 });
    services = new SpecServices({ brokers, topicPrefix: '' });
  });

  afterEach(() => services.close());

  afterAll(() => broker.remove());

  it('makes a publish fail as transient within its deadline, and the next one after the restart succeed', async () => {
    const publisher = (await services.publisher({ sendDeadlineMs: 2_000 })).get(MessagePublisher);
    await publisher.publish(ExecutionResolved, facts(10));
    await broker.crash();
    const startedAt = performance.now();

    const refusal: unknown = await publisher.publish(ExecutionResolved, facts(10, 10)).catch((error: unknown) => error);
    const ms = performance.now() - startedAt;
    await broker.restart();

    expect(refusal).toMatchObject({ code: 'UNAVAILABLE', kind: 'transient' });
    expect(ms).toBeLessThan(3_000);
    await eventually(() => publisher.publish(ExecutionResolved, facts(10, 20)), PATIENCE);
    expect(publisher.backlog()).toEqual({ messages: 0, oldestMs: 0 });
  });

  it('loses nothing that was acknowledged, and consumers go on by themselves', async () => {
    const handler = aHandler();
    const app = await services.start('outage', [handler.controller], { sendDeadlineMs: 2_000, onFatal });
    const publisher = app.get(MessagePublisher);
    await publisher.publish(ExecutionResolved, facts(100, 1_000));
    await eventually(() => expect(handler.seen).toEqual(expect.arrayContaining(numbers(100, 1_000))), PATIENCE);

    await broker.crash();
    await broker.restart();
    const backAt = performance.now();
    await eventually(() => publisher.publish(ExecutionResolved, facts(100, 2_000)), PATIENCE);

    await eventually(() => expect(handler.seen).toEqual(expect.arrayContaining(numbers(100, 2_000))), PATIENCE);
    expect(performance.now() - backAt).toBeLessThan(10_000);
    const reader = await TopicReader.start(brokers, [ExecutionResolved.topic]);
    await eventually(() => expect(reader.payloads(ExecutionResolved.topic).length).toBeGreaterThanOrEqual(200));
    await reader.stop();
    expect(fatal).toEqual([]);
  });

  it('leaves a table its last state, which follows again afterwards', async () => {
    const app = await startSpecService(SpecModule.with({ brokers, topicPrefix: '', clientId: 'table', sendDeadlineMs: 2_000 }, [], true));
    const table = app.get(ConfigurationTable);
    const publisher = app.get(MessagePublisher);
    await publisher.publish(ConfigurationChanged, [sandbox('before')]);
    await eventually(() => expect(table.all('sandbox')).toEqual([sandbox('before')]));
    const changes: string[] = [];
    table.onChange(({ id }) => changes.push(id));

    await broker.crash();
    const during = table.all('sandbox');
    await broker.restart();
    const backAt = performance.now();
    await eventually(() => publisher.publish(ConfigurationChanged, [sandbox('after')]), PATIENCE);

    expect(during).toEqual([sandbox('before')]);
    await eventually(() => expect(table.get('sandbox', 'acme/after')).toEqual(sandbox('after')), PATIENCE);
    expect(performance.now() - backAt).toBeLessThan(10_000);
    expect(new Set(changes)).toEqual(new Set(['acme/after']));
    await app.close();
  });

  it('does not keep a process from stopping in time', async () => {
    await services.start('stuck', [aHandler().controller], { stopDeadlineMs: 2_000, onFatal });
    await broker.crash();
    const startedAt = performance.now();

    await services.close();

    expect(performance.now() - startedAt).toBeLessThan(8_000);
    await broker.restart();
  });
});
