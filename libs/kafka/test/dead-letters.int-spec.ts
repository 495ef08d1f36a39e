import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionResolved, topicOf } from '@postrider/contracts';
import { Logger } from '@postrider/runtime';
import { TopicReader, TopicWriter, eventually, freshTopics, type FreshTopics } from '@postrider/testing';
import { dlqCommand } from '../src/index.js';
import { aHandler, facts } from './spec-handler.js';
import { SpecServices } from './spec-service.js';

describe(dlqCommand.name, () => {
  let topics: FreshTopics;
  let services: SpecServices;
  let writer: TopicWriter;
  let letters: string;

  beforeAll(async () => {
    topics = await freshTopics(2);
    services = new SpecServices({ brokers: topics.brokers, topicPrefix: topics.prefix });
    writer = await TopicWriter.start(topics.brokers, topics.prefix);
    letters = `${topics.prefix}mended.${topicOf(ExecutionResolved)}.dlq`;
  });

  afterEach(() => services.close());

  afterAll(async () => {
    await writer.stop();
    await topics.drop();
  });

  const run = async (...argv: string[]): Promise<{ code: number; lines: string[] }> => {
    const lines: string[] = [];
    const logger = Logger.create('dlq', 'silent');
    const code = await dlqCommand(argv, { brokers: topics.brokers, clientId: 'dlq', topicPrefix: topics.prefix }, { print: (line) => lines.push(line), logger });
    return { code, lines };
  };

  it('says how it is used, and that an action does not exist', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, lines: [expect.stringContaining('replay')] });
    expect(await run()).toMatchObject({ code: 2 });
    expect(await run('explode')).toMatchObject({ code: 2 });
    expect(await run('show', letters, '--limit', 'many')).toMatchObject({ code: 2 });
  });

  it('lists, shows and replays: a mended handler gets the record with the bytes and headers that it had', async () => {
    const broken = aHandler(async () => {
      throw new TypeError('a bug');
    });
    await services.start('mended', [broken.controller]);
    await writer.write(ExecutionResolved, facts(3));
    await eventually(async () => expect((await run('list')).lines).toContainEqual(expect.stringMatching(/ 3 .*mended/)));
    await services.close();

    const shown = await run('show', letters, '--from', '1', '--limit', '1', '--json');
    const mended = aHandler();
    await services.start('mended', [mended.controller]);
    const replayed = await run('replay', letters, '--to', '1');

    expect(shown).toMatchObject({ code: 0, lines: [expect.stringContaining('TypeError: a bug')] });
    expect(shown.lines[0]).toMatch(/"offset":"1"/);
    expect(replayed.code).toBe(0);
    await eventually(() => expect(mended.seen).toHaveLength(2));
    const source = await TopicReader.start(topics.brokers, [topics.prefix + topicOf(ExecutionResolved)]);
    await eventually(() => expect(source.records()).toHaveLength(5));
    await source.stop();
    const byKey = Object.values(Object.groupBy(source.records(), ({ key }) => String(key))).map((records) => records ?? []);
    const replayedTwice = byKey.filter((records) => records.length === 2);
    expect(byKey).toHaveLength(3);
    expect(replayedTwice).toHaveLength(2);
    for (const [first, again] of replayedTwice) expect([again?.value, again?.headers]).toEqual([first?.value, first?.headers]);
  });

  it('says that a topic does not exist', async () => {
    await expect(run('show', 'nothing.dlq')).rejects.toThrow(/There is no topic/);
  });
});
