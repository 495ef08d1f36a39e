/** What any client behind this library has to do right; each was seen to go wrong with one. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionResolved, topicOf } from '@postrider/contracts';
import { TopicReader, eventually, freshTopics, type FreshTopics } from '@postrider/testing';
import { MessagePublisher } from '../src/index.js';
import { aGate, aHandler, facts, numbers } from './spec-handler.js';
import { SpecServices } from './spec-service.js';

const SESSION_TIMEOUT_MS = 6_000;
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describe('the client', () => {
  let topics: FreshTopics;
  let services: SpecServices;

  beforeAll(async () => {
    topics = await freshTopics(6);
    services = new SpecServices({ brokers: topics.brokers, topicPrefix: topics.prefix });
  });

  afterEach(() => services.close());

  afterAll(() => topics.drop());

  const stored = async (count: number, from: number): Promise<number[]> => {
    const reader = await TopicReader.start(topics.brokers, [topics.prefix + topicOf(ExecutionResolved)]);
    const found = (): number[] =>
      reader.payloads<ExecutionResolved>(topics.prefix + topicOf(ExecutionResolved)).map(({ targeted }) => targeted).filter((n) => n >= from && n < from + count);
    await eventually(() => expect(new Set(found()).size).toBe(count), { timeoutMs: 30_000 });
    await reader.stop();
    return found();
  };

  it('stores concurrent sends once each', async () => {
    const publisher = (await services.publisher()).get(MessagePublisher);

    await Promise.all(numbers(100).map((call) => publisher.publish(ExecutionResolved, facts(10, 100_000 + call * 10))));

    expect(sorted(await stored(1_000, 100_000))).toEqual(numbers(1_000, 100_000));
  });

  it('keeps the order of one key over many publishes that nobody waits for in between', async () => {
    const publisher = (await services.publisher()).get(MessagePublisher);
    const sameKey = numbers(200, 110_000).map((targeted) => ({ ...ExecutionResolved.example, executionId: 'UMA-same', targeted }));

    await Promise.all(sameKey.map((fact) => publisher.publish(ExecutionResolved, [fact])));

    expect(await stored(200, 110_000)).toEqual(numbers(200, 110_000));
  });

  it('takes 10,000 messages in one publish', async () => {
    const publisher = (await services.publisher()).get(MessagePublisher);
    const startedAt = performance.now();

    await publisher.publish(ExecutionResolved, facts(10_000, 200_000));
    const ms = performance.now() - startedAt;

    expect(sorted(await stored(10_000, 200_000))).toEqual(numbers(10_000, 200_000));
    expect(ms).toBeLessThan(10_000);
  });

  it('refuses a record that is too large for the topic, and only that one', async () => {
    const publisher = (await services.publisher()).get(MessagePublisher);
    const huge = { ...ExecutionResolved.example, executionId: 'UMA-huge', requestId: 'x'.repeat(20_000_000) };

    const outcomes = await Promise.allSettled([
      publisher.publish(ExecutionResolved, facts(5, 300_000)),
      publisher.publish(ExecutionResolved, [huge]),
      publisher.publish(ExecutionResolved, facts(5, 300_005)),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'RECORD_REFUSED', kind: 'bug' } });
    expect(sorted(await stored(10, 300_000))).toEqual(numbers(10, 300_000));
  });

  it('goes on after a TypeError in a handler', async () => {
    const handler = aHandler(async (batch) => {
      if (batch.messages.some(({ targeted }) => targeted === 400_001)) (undefined as unknown as { call: () => void }).call();
    });
    const app = await services.start('type-error', [handler.controller]);

    await app.get(MessagePublisher).publish(ExecutionResolved, facts(3, 400_000));
    await eventually(() => expect(handler.seen).toEqual(expect.arrayContaining([400_000, 400_002])));
    await app.get(MessagePublisher).publish(ExecutionResolved, facts(1, 400_003));

    await eventually(() => expect(handler.seen).toContain(400_003));
    expect(handler.seen).not.toContain(400_001);
  });

  it('keeps its partitions while a handler is slower than the session timeout', async () => {
    const handler = aHandler();
    const app = await services.start('slow', [handler.controller], { sessionTimeoutMs: SESSION_TIMEOUT_MS });
    await eventually(() => expect(handler.seen.length).toBeGreaterThan(11_000), { timeoutMs: 30_000 });
    const signals: AbortSignal[] = [];
    handler.behave(async (batch) => {
      signals.push(batch.signal);
      await new Promise((done) => setTimeout(done, SESSION_TIMEOUT_MS * 1.5));
    });

    await app.get(MessagePublisher).publish(ExecutionResolved, facts(1, 500_000));

    await eventually(() => expect(handler.seen).toContain(500_000), { timeoutMs: 20_000 });
    expect(handler.calls.filter((call) => call.includes(500_000))).toHaveLength(1);
    expect(signals.every((signal) => !signal.aborted)).toBe(true);
  });

  it('leaves cleanly when a rebalance comes in mid-batch: the signal is aborted, what was done is committed', async () => {
    const started = aGate();
    const first = aHandler(async (batch) => {
      if (!batch.messages.some(({ targeted }) => targeted >= 600_000)) return;
      started.open();
      await new Promise((done) => batch.signal.addEventListener('abort', done, { once: true }));
    });
    const app = await services.start('rebalance', [first.controller]);
    await eventually(() => expect(first.seen.length).toBeGreaterThan(11_000), { timeoutMs: 30_000 });
    await app.get(MessagePublisher).publish(ExecutionResolved, facts(60, 600_000));
    await started.opened;
    const second = aHandler();

    await services.start('rebalance', [second.controller]);
    first.behave(async () => undefined);

    const late = (seen: readonly number[]): number[] => seen.filter((number) => number >= 600_000);
    await eventually(() => expect(new Set([...late(first.seen), ...late(second.seen)]).size).toBe(60), { timeoutMs: 30_000 });
    expect(late(first.seen).length).toBeGreaterThan(0);
    expect(late(second.seen).filter((number) => first.seen.includes(number))).toEqual([]);
  });

  it('stops within its deadline while the group rebalances', async () => {
    const [one, two, three] = [aHandler(), aHandler(), aHandler()];
    await services.start('rejoining', [one.controller], { stopDeadlineMs: 3_000 });
    await Promise.all([two, three].map(({ controller }) => services.start('rejoining', [controller], { stopDeadlineMs: 3_000 })));
    const startedAt = performance.now();

    await services.close();

    expect(performance.now() - startedAt).toBeLessThan(6_000);
  });
});
