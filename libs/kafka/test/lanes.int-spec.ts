import { Controller, type Type } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RecipientResolved, type Lane } from '@postrider/contracts';
import { Metrics } from '@postrider/runtime';
import { eventually, freshTopics, type FreshTopics } from '@postrider/testing';
import { Consumes, MessagePublisher, type Batch } from '../src/index.js';
import { aGate } from './spec-handler.js';
import { SpecServices } from './spec-service.js';

const BACKLOG = 6_000;
const TRICKLE = 60;
const BULK_BATCH = 100;
const PATIENCE = { timeoutMs: 60_000 };

interface Handled {
  lane: Lane;
  userId: string;
  ms: number;
  /** When the handler was done with it. */
  at: number;
}

/** Handles both lanes; a call keeps the process as busy as a call with so many messages would. */
function aWorker(handled: Handled[], sizes: number[], hold: () => Promise<void> = async () => undefined): Type {
  @Controller()
  class Worker {
    @Consumes(RecipientResolved)
    async handle({ messages, received }: Batch<RecipientResolved>): Promise<void> {
      const [first] = messages;
      if (first?.lane === 'transactional') await hold();
      if (first?.lane === 'bulk') sizes.push(messages.length);
      for (let spent = performance.now() + messages.length / 20; performance.now() < spent; );
      const at = Date.now();
      handled.push(...messages.map(({ lane, userId }, i) => ({ lane, userId, at, ms: at - (received[i]?.publishedAt.getTime() ?? 0) })));
    }
  }
  return Worker;
}

const recipients = (lane: Lane, count: number, from = 0): RecipientResolved[] =>
  Array.from({ length: count }, (_, i) => ({ ...RecipientResolved.example, lane, messageId: `${lane}-${from + i}`, userId: `${lane}-${from + i}`, recipientKey: `${lane}-${from + i}` }));

const heldSeconds = (text: string): number => Number(/^kafka_lane_held_seconds\{.*\} ([\d.e-]+)$/m.exec(text)?.[1]);
const p95 = (handled: readonly Handled[]): number => handled.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(handled.length * 0.95)] ?? Infinity;

describe('the lanes of a contract', () => {
  let topics: FreshTopics;
  let services: SpecServices;
  let publisher: MessagePublisher;
  let publishers: SpecServices;

  beforeAll(async () => {
    topics = await freshTopics(4);
    const where = { brokers: topics.brokers, topicPrefix: topics.prefix };
    services = new SpecServices(where);
    publishers = new SpecServices(where);
    publisher = (await publishers.publisher()).get(MessagePublisher);
  });

  afterEach(() => services.close());

  afterAll(async () => {
    await publishers.close();
    await topics.drop();
  });

  const trickle = async (from: number, handled: readonly Handled[]): Promise<Handled[]> => {
    const own = () => handled.filter(({ lane, userId }) => lane === 'transactional' && Number(userId.split('-')[1]) >= from);
    for (let i = 0; i < TRICKLE; i += 1) {
      await publisher.publish(RecipientResolved, recipients('transactional', 1, from + i));
      await new Promise((done) => setTimeout(done, 15));
    }
    await eventually(() => expect(own()).toHaveLength(TRICKLE));
    return own();
  };

  it('keep transactional latency near idle over a backlog of thousands, which is worked off afterwards, each record once', async () => {
    const handled: Handled[] = [];
    const sizes: number[] = [];
    const app = await services.start('lanes', [aWorker(handled, sizes)], { bulkBatchMessages: BULK_BATCH });
    await trickle(0, handled);
    const idle = await trickle(1_000, handled);

    await publisher.publish(RecipientResolved, recipients('bulk', BACKLOG));
    const loaded = await trickle(2_000, handled);
    const bulkMeanwhile = handled.filter(({ lane }) => lane === 'bulk').length;

    await eventually(() => expect(handled.filter(({ lane }) => lane === 'bulk')).toHaveLength(BACKLOG), PATIENCE);
    expect(new Set(handled.map(({ userId }) => userId)).size).toBe(handled.length);
    expect(p95(loaded)).toBeLessThan(p95(idle) * 2 + 30);
    expect(bulkMeanwhile).toBeLessThan(BACKLOG);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(BULK_BATCH);
    expect(heldSeconds(await app.get(Metrics).expose())).toBeGreaterThan(0);
  }, 90_000);

  it('hold the bulk consumer for longer than a session without its losing the group', async () => {
    const [gate, isHeld] = [aGate(), aGate()];
    const handled: Handled[] = [];
    const late = () => handled.filter(({ userId }) => Number(userId.split('-')[1]) >= 50_000);
    const hold = async (): Promise<void> => (isHeld.open(), gate.opened);
    const app = await services.start('held', [aWorker(handled, [], hold)], { sessionTimeoutMs: 6_000 });
    await publisher.publish(RecipientResolved, recipients('transactional', 1, 9_000));
    await isHeld.opened;
    await publisher.publish(RecipientResolved, recipients('bulk', 300, 50_000));
    await eventually(async () => expect(heldSeconds(await app.get(Metrics).expose())).toBeGreaterThan(8), PATIENCE);
    const meanwhile = late().length;

    gate.open();
    const openedAt = performance.now();

    await eventually(() => expect(late()).toHaveLength(300), PATIENCE);
    expect(meanwhile).toBe(0);
    expect(performance.now() - openedAt).toBeLessThan(5_000);
  }, 90_000);
});
