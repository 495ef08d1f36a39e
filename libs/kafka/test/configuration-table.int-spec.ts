import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationChanged, type SandboxSettings } from '@postrider/contracts';
import { TopicWriter, eventually, freshTopics, type FreshTopics } from '@postrider/testing';
import { ConfigurationTable, KafkaConnection, MessagePublisher, type ConfigurationChange } from '../src/index.js';
import { SpecModule, startSpecService } from './spec-service.js';

const sandbox = (name: string, defaultRegion = 'SE'): SandboxSettings => ({
  kind: 'sandbox', id: `acme/${name}`, sandboxId: name, orgId: 'acme', name, defaultRegion,
});

describe(ConfigurationTable.name, () => {
  let topics: FreshTopics;
  let writer: TopicWriter;
  const apps: NestFastifyApplication[] = [];

  beforeAll(async () => {
    topics = await freshTopics();
    writer = await TopicWriter.start(topics.brokers, topics.prefix);
  });

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  afterAll(async () => {
    await writer.stop();
    await topics.drop();
  });

  const start = async (): Promise<NestFastifyApplication> => {
    const app = await startSpecService(SpecModule.with({ brokers: topics.brokers, topicPrefix: topics.prefix, clientId: 'table' }, [], true));
    apps.push(app);
    return app;
  };

  it('starts on an empty topic', async () => {
    const app = await start();

    expect(app.get(ConfigurationTable).all('sandbox')).toEqual([]);
  });

  it('is complete when the process is ready: last states, tombstones obeyed, bad records passed over', async () => {
    await writer.write(ConfigurationChanged, [sandbox('prod'), sandbox('gone'), sandbox('prod', 'DE')]);
    await writer.writeRaw(ConfigurationChanged.topic, 'sandbox:acme/bad', 'not JSON');
    await writer.writeRaw(ConfigurationChanged.topic, 'sandbox:acme/gone', undefined);

    const app = await start();

    expect(app.get(ConfigurationTable).all('sandbox')).toEqual([sandbox('prod', 'DE')]);
    expect(app.get(ConfigurationTable).get('sandbox', 'acme/prod')).toEqual(sandbox('prod', 'DE'));
  });

  it('follows changes at once and tells of them', async () => {
    const app = await start();
    const table = app.get(ConfigurationTable);
    const changes: ConfigurationChange[] = [];
    table.onChange((change) => changes.push(change));
    await app.get(MessagePublisher).publish(ConfigurationChanged, [sandbox('warm')]);
    await eventually(() => expect(table.get('sandbox', 'acme/warm')).toBeDefined(), { intervalMs: 2 });
    const publishedAt = performance.now();

    await app.get(MessagePublisher).publish(ConfigurationChanged, [sandbox('stage')]);
    await eventually(() => expect(table.get('sandbox', 'acme/stage')).toEqual(sandbox('stage')), { intervalMs: 2 });
    const seenAfter = performance.now() - publishedAt;
    await app.get(MessagePublisher).tombstone(ConfigurationChanged, 'sandbox:acme/stage');
    await eventually(() => expect(table.get('sandbox', 'acme/stage')).toBeUndefined());

    expect(changes).toEqual([
      { kind: 'sandbox', id: 'acme/warm', value: sandbox('warm') },
      { kind: 'sandbox', id: 'acme/stage', value: sandbox('stage') },
      { kind: 'sandbox', id: 'acme/stage', value: undefined },
    ]);
    expect(table.all('sandbox').map(({ name }) => name)).not.toContain('stage');
    expect(seenAfter).toBeLessThan(1_000);
  });

  it('leaves no consumer group behind', async () => {
    const app = await start();
    const { kafka } = app.get(KafkaConnection);
    await Promise.all(apps.splice(0).map((one) => one.close()));
    const admin = kafka.admin();
    await admin.connect();

    const { groups } = await admin.listGroups();
    await admin.disconnect();

    expect(groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(`${topics.prefix}table.`))).toEqual([]);
  });

  it('refuses to start without its topic', async () => {
    const options = { brokers: topics.brokers, topicPrefix: 'nowhere.', clientId: 'table' };

    await expect(startSpecService(SpecModule.with(options, [], true))).rejects.toThrow(/does not exist/);
  });
});
