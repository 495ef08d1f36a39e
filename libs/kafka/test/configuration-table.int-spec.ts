import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationChanged, type SandboxSettings } from '@postrider/contracts';
import { TopicWriter, eventually, freshTopics, type FreshTopics } from '@postrider/testing';
import { ConfigurationTable, MessagePublisher, type ConfigurationChange } from '../src/index.js';
import { SpecModule, startSpecService } from './spec-service.js';

const sandbox = (name: string, defaultRegion = 'SE'): SandboxSettings => ({
  kind: 'sandbox', id: `acme/${name}`, sandboxId: name, orgId: 'acme', name, defaultRegion,
});

describe(ConfigurationTable.name, () => {
  let topics: FreshTopics;
  let writer: TopicWriter;
  let app: NestFastifyApplication;
  const start = (): Promise<NestFastifyApplication> =>
    startSpecService(SpecModule.with({ brokers: topics.brokers, topicPrefix: topics.prefix, clientId: 'table' }, [], true));

  beforeAll(async () => {
    topics = await freshTopics();
    writer = await TopicWriter.start(topics.brokers, topics.prefix);
  });

  afterAll(async () => {
    await app.close();
    await writer.stop();
    await topics.drop();
  });

  it('starts on an empty topic', async () => {
    app = await start();

    expect(app.get(ConfigurationTable).all('sandbox')).toEqual([]);
    await app.close();
  });

  it('is complete when the process is ready: last states, tombstones obeyed, bad records passed over', async () => {
    await writer.write(ConfigurationChanged, [sandbox('prod'), sandbox('gone'), sandbox('prod', 'DE')]);
    await writer.writeRaw(ConfigurationChanged.topic, 'sandbox:acme/bad', 'not JSON');
    await writer.writeRaw(ConfigurationChanged.topic, 'sandbox:acme/gone', undefined);

    app = await start();

    expect(app.get(ConfigurationTable).all('sandbox')).toEqual([sandbox('prod', 'DE')]);
  });

  it('follows changes within a second and tells of them', async () => {
    const table = app.get(ConfigurationTable);
    const changes: ConfigurationChange[] = [];
    table.onChange((change) => changes.push(change));
    const publishedAt = performance.now();

    await app.get(MessagePublisher).publish(ConfigurationChanged, [sandbox('stage')]);
    await eventually(() => expect(table.get('sandbox', 'acme/stage')).toEqual(sandbox('stage')), { intervalMs: 2 });
    const seenAfter = performance.now() - publishedAt;
    await app.get(MessagePublisher).tombstone(ConfigurationChanged, 'sandbox:acme/stage');
    await eventually(() => expect(table.get('sandbox', 'acme/stage')).toBeUndefined());

    expect(changes).toEqual([
      { kind: 'sandbox', id: 'acme/stage', value: sandbox('stage') },
      { kind: 'sandbox', id: 'acme/stage', value: undefined },
    ]);
    expect(seenAfter).toBeLessThan(1_000);
  });
});
