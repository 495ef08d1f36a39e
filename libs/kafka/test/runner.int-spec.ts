import { Controller, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionResolved, topicOf } from '@postrider/contracts';
import { AppError, DependencyUnavailable } from '@postrider/runtime';
import { TopicReader, TopicWriter, eventually, freshTopics, type FreshTopics } from '@postrider/testing';
import { Consumes, MessagePublisher, type Batch } from '../src/index.js';
import { SpecModule, startSpecService } from './spec-service.js';

class Refused extends AppError {
  constructor() {
    super({ code: 'REFUSED', kind: 'invalid', detail: 'This one is bad.' });
  }
}

const facts = (count: number, from = 0): ExecutionResolved[] =>
  Array.from({ length: count }, (_, i) => ({ ...ExecutionResolved.example, executionId: `UMA-${from + i}`, targeted: from + i }));

/** A controller whose behaviour a test sets, and what it was given. */
function aHandler(): { controller: Type; seen: number[]; calls: number[][]; behave: (how: (batch: Batch<ExecutionResolved>) => Promise<void>) => void } {
  const seen: number[] = [];
  const calls: number[][] = [];
  let behaviour: (batch: Batch<ExecutionResolved>) => Promise<void> = async () => undefined;

  @Controller()
  class SpecHandler {
    @Consumes(ExecutionResolved)
    async handle(batch: Batch<ExecutionResolved>): Promise<void> {
      calls.push(batch.messages.map((message) => message.targeted));
      await behaviour(batch);
      for (const message of batch.messages) seen.push(message.targeted);
    }
  }
  return { controller: SpecHandler, seen, calls, behave: (how) => (behaviour = how) };
}

describe('the runner', () => {
  let topics: FreshTopics;
  let writer: TopicWriter;
  const apps: NestFastifyApplication[] = [];

  beforeAll(async () => {
    topics = await freshTopics(4);
    writer = await TopicWriter.start(topics.brokers, topics.prefix);
  });

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  afterAll(async () => {
    await writer.stop();
    await topics.drop();
  });

  const start = async (group: string, controller: Type): Promise<NestFastifyApplication> => {
    const app = await startSpecService(SpecModule.with({ brokers: topics.brokers, topicPrefix: topics.prefix, clientId: group, consumerGroup: group }, [controller]));
    apps.push(app);
    return app;
  };

  it('hands over what was published, every record once, many partitions in one call', async () => {
    const handler = aHandler();
    const app = await start('happy', handler.controller);

    await app.get(MessagePublisher).publish(ExecutionResolved, facts(400));

    await eventually(() => expect(new Set(handler.seen).size).toBe(400));
    expect(handler.seen.length).toBe(400);
    expect(handler.calls.length).toBeLessThan(20);
  });

  it('waits for what is transient and drops nothing', async () => {
    const handler = aHandler();
    let failures = 3;
    handler.behave(async () => {
      if (failures-- > 0) throw new DependencyUnavailable('postgres');
    });
    await start('transient', handler.controller);

    await eventually(() => expect(new Set(handler.seen).size).toBe(400));
    expect(handler.calls.length).toBeGreaterThan(3);
  });

  it('buries one bad record with its bytes and reason, and its neighbours go on', async () => {
    const handler = aHandler();
    handler.behave(async (batch) => {
      if (batch.messages.some((message) => message.targeted === 123)) throw new Refused();
      if (batch.messages.some((message) => message.targeted === 321)) throw new TypeError('a bug');
    });
    await start('poison', handler.controller);
    await writer.writeRaw(topicOf(ExecutionResolved), 'k', '{"not": "a fact"}');

    await eventually(() => expect(new Set(handler.seen).size).toBe(398));
    const letters = await TopicReader.start(topics.brokers, [`${topics.prefix}poison.${topicOf(ExecutionResolved)}.dlq`]);
    await eventually(() => expect(letters.records().length).toBe(3));
    await letters.stop();
    const codes = letters.records().map((letter) => letter.headers['dlq-code']).sort();
    expect(codes).toEqual(['BUG', 'INVALID_MESSAGE', 'REFUSED']);
    expect(letters.records().map((letter) => letter.value?.toString())).toContain('{"not": "a fact"}');
    expect(handler.seen).not.toContain(123);
  });

  it('goes on where it stopped, and hands nothing over again', async () => {
    const first = aHandler();
    await start('resume', first.controller);
    await eventually(() => expect(new Set(first.seen).size).toBe(400));
    await Promise.all(apps.splice(0).map((app) => app.close()));
    const second = aHandler();
    await start('resume', second.controller);

    await writer.write(ExecutionResolved, facts(1, 9_000));

    await eventually(() => expect(second.seen).toEqual([9_000]));
  });

  it('refuses to start with two handlers of a contract, with none, and without the topic', async () => {
    const two = [aHandler().controller, aHandler().controller];
    const options = { brokers: topics.brokers, topicPrefix: topics.prefix, clientId: 'boot', consumerGroup: 'boot' };

    await expect(startSpecService(SpecModule.with(options, two))).rejects.toThrow(/Two handlers/);
    await expect(startSpecService(SpecModule.with(options, []))).rejects.toThrow(/no @Consumes handler/);
    await expect(startSpecService(SpecModule.with({ ...options, topicPrefix: 'nowhere.' }, [aHandler().controller]))).rejects.toThrow(/do not exist/);
  });
});
