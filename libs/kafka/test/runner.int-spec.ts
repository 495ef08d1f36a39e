import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionResolved, topicOf } from '@postrider/contracts';
import { AppError, DependencyUnavailable, Metrics } from '@postrider/runtime';
import { TopicReader, TopicWriter, eventually, freshTopics, type FreshTopics } from '@postrider/testing';
import { Kafka, logLevel } from 'kafkajs';
import { MessagePublisher } from '../src/index.js';
import { aGate, aHandler, facts, numbers } from './spec-handler.js';
import { SpecModule, SpecServices, startSpecService } from './spec-service.js';

class Refused extends AppError {
  constructor() {
    super({ code: 'REFUSED', kind: 'invalid', detail: 'This one is bad.' });
  }
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describe('the runner', () => {
  let topics: FreshTopics;
  let services: SpecServices;
  let writer: TopicWriter;

  beforeAll(async () => {
    topics = await freshTopics(4);
    services = new SpecServices({ brokers: topics.brokers, topicPrefix: topics.prefix });
    writer = await TopicWriter.start(topics.brokers, topics.prefix);
    await writer.write(ExecutionResolved, facts(400));
  });

  afterEach(() => services.close());

  afterAll(async () => {
    await writer.stop();
    await topics.drop();
  });

  it('hands over every record once, those of many partitions in one call', async () => {
    const handler = aHandler();

    await services.start('happy', [handler.controller]);

    await eventually(() => expect(sorted(handler.seen)).toEqual(numbers(400)));
    expect(handler.calls.length).toBeLessThan(20);
  });

  it('takes its turn with partitions when there are more than it can take at once', async () => {
    const wide = await freshTopics(1);
    const admin = new Kafka({ brokers: wide.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: wide.prefix + topicOf(ExecutionResolved), count: 100 }] });
    await admin.disconnect();
    const wideWriter = await TopicWriter.start(wide.brokers, wide.prefix);
    await wideWriter.write(ExecutionResolved, facts(1_000));
    const handler = aHandler();

    await services.start('wide', [handler.controller], { topicPrefix: wide.prefix });

    await eventually(() => expect(sorted(handler.seen)).toEqual(numbers(1_000)));
    await services.close();
    await wideWriter.stop();
    await wide.drop();
  });

  it('gives a call no more records than it may have', async () => {
    const handler = aHandler();

    await services.start('bounded', [handler.controller], { maxBatchMessages: 50 });

    await eventually(() => expect(sorted(handler.seen)).toEqual(numbers(400)));
    expect(Math.max(...handler.calls.map((call) => call.length))).toBe(50);
  });

  it('waits for what is transient, drops nothing, and succeeds then', async () => {
    let failures = 3;
    const handler = aHandler(async () => {
      if (failures-- > 0) throw new DependencyUnavailable('postgres');
    });

    await services.start('transient', [handler.controller]);

    await eventually(() => expect(sorted(handler.seen)).toEqual(numbers(400)));
    expect(handler.calls.length).toBeGreaterThan(3);
  });

  it('buries one bad record with its bytes, reason and source, and its neighbours go on', async () => {
    const handler = aHandler(async (batch) => {
      if (batch.messages.some((message) => message.targeted === 123)) throw new Refused();
      if (batch.messages.some((message) => message.targeted === 321)) throw new TypeError('a bug');
    });
    const app = await services.start('poison', [handler.controller]);
    await writer.writeRaw(topicOf(ExecutionResolved), 'k', '{"not": "a fact"}', { ce_id: 'odd' });

    await eventually(() => expect(sorted(handler.seen)).toEqual(numbers(400).filter((n) => n !== 123 && n !== 321)));
    const letters = await TopicReader.start(topics.brokers, [`${topics.prefix}poison.${topicOf(ExecutionResolved)}.dlq`]);
    await eventually(() => expect(letters.records()).toHaveLength(3));
    await letters.stop();

    const byCode = new Map(letters.records().map((letter) => [letter.headers['dlq-code'], letter]));
    expect([...byCode.keys()].sort()).toEqual(['BUG', 'INVALID_MESSAGE', 'REFUSED']);
    expect(byCode.get('INVALID_MESSAGE')?.value?.toString()).toBe('{"not": "a fact"}');
    expect(byCode.get('INVALID_MESSAGE')?.headers).toMatchObject({ ce_id: 'odd', 'dlq-source-topic': topics.prefix + topicOf(ExecutionResolved) });
    expect(byCode.get('REFUSED')?.headers['dlq-reason']).toBe('This one is bad.');
    expect(await app.get(Metrics).expose()).toMatch(/kafka_dead_letters_total\{[^}]*code="REFUSED"[^}]*\} 1/);
  });

  it('goes on where it stopped, and hands nothing over again', async () => {
    const first = aHandler();
    await services.start('resume', [first.controller]);
    await eventually(() => expect(first.seen.length).toBeGreaterThanOrEqual(400));
    await services.close();
    const second = aHandler();
    await services.start('resume', [second.controller]);

    await writer.write(ExecutionResolved, facts(1, 9_000));

    await eventually(() => expect(second.seen).toEqual([9_000]));
  });

  it('hands over again what a process had done and not committed when it died', async () => {
    const effects: number[] = [];
    const neverPublished = aGate();
    const dying = aHandler(async (batch) => {
      effects.push(...batch.messages.map(({ targeted }) => targeted));
      await neverPublished.opened;
    });
    await services.start('dying', [dying.controller], { stopDeadlineMs: 500 });
    await eventually(() => expect(effects.length).toBeGreaterThan(0));
    await services.close();
    const next = aHandler();

    await services.start('dying', [next.controller]);

    await eventually(() => expect(new Set(next.seen)).toEqual(new Set([...numbers(400), 9_000])));
    expect(next.seen).toEqual(expect.arrayContaining(effects));
  });

  it('finishes what is in work, and commits it, before it stops', async () => {
    const started = aGate();
    const slow = aHandler(async (batch) => {
      started.open();
      await new Promise((resolve) => batch.signal.addEventListener('abort', resolve, { once: true }));
    });
    await services.start('stopping', [slow.controller], { maxBatchMessages: 10 });
    await started.opened;
    await services.close();
    const next = aHandler();

    await services.start('stopping', [next.controller]);

    await eventually(() => expect(new Set([...slow.seen, ...next.seen]).size).toBe(401));
    expect(slow.seen.length).toBeGreaterThanOrEqual(10);
    expect(next.seen.filter((number) => slow.seen.includes(number))).toEqual([]);
  });

  it('tells lag, age and calls in flight while a handler hangs', async () => {
    const gate = aGate();
    const hanging = aHandler(() => gate.opened);
    const app = await services.start('metrics', [hanging.controller]);
    await eventually(() => expect(hanging.calls.length).toBeGreaterThan(0));

    const text = await app.get(Metrics).expose();
    gate.open();

    const lags = [...text.matchAll(/^kafka_consumer_lag_records\{.*\} (\d+)$/gm)].map(([, lag]) => Number(lag));
    expect(lags.reduce((sum, lag) => sum + lag, 0)).toBeGreaterThan(300);
    expect(text).toMatch(/^kafka_batches_in_flight\{.*\} [12]$/m);
    expect(Number(/^kafka_consumer_oldest_seconds\{.*\} ([\d.e-]+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
  });

  it('refuses to start with two handlers of a contract, with none, and without the topic', async () => {
    const two = [aHandler().controller, aHandler().controller];
    const options = { brokers: topics.brokers, topicPrefix: topics.prefix, clientId: 'boot', consumerGroup: 'boot' };

    await expect(startSpecService(SpecModule.with(options, two))).rejects.toThrow(/Two handlers/);
    await expect(startSpecService(SpecModule.with(options, []))).rejects.toThrow(/no @Consumes handler/);
    await expect(startSpecService(SpecModule.with({ ...options, topicPrefix: 'nowhere.' }, [aHandler().controller]))).rejects.toThrow(/do not exist/);
  });

  it('gives what it published the envelope of the contract', async () => {
    const app = await services.publisher();
    const executionId = 'UMA-0198f5a2-7d7e-5b6e-9d5c-2f1f0a7c9e11';
    const reader = await TopicReader.start(topics.brokers, [topics.prefix + topicOf(ExecutionResolved)]);

    await app.get(MessagePublisher).publish(ExecutionResolved, [{ ...ExecutionResolved.example, executionId, targeted: 7_777 }]);

    const record = await eventually(() => {
      const found = reader.records().find(({ key }) => key === executionId);
      if (!found) throw new Error('not there yet');
      return found;
    });
    await reader.stop();
    expect(JSON.parse(record.value?.toString() ?? '')).toMatchObject({ executionId, targeted: 7_777 });
    expect(record.headers).toMatchObject({
      ce_id: `${executionId}/resolved`,
      ce_type: ExecutionResolved.topic,
      ce_source: 'publisher',
      ce_specversion: '1.0',
      'content-type': 'application/json',
      'correlation-id': executionId,
      traceparent: expect.stringMatching(/^00-0198f5a27d7e5b6e9d5c2f1f0a7c9e11-[0-9a-f]{16}-01$/) as unknown,
    });
  });
});
