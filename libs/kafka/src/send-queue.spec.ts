import { describe, expect, it } from '@jest/globals';
import { SendQueue, chunksOf } from './send-queue.js';

const expired = (): Error => new Error('late');
const records = (count: number, bytes = 10): { value: Buffer }[] => Array.from({ length: count }, () => ({ value: Buffer.alloc(bytes) }));

describe(SendQueue.name, () => {
  it('puts what waits into one request, oldest first, up to 1,000 records', async () => {
    const queue = new SendQueue();
    const sends = [400, 500, 200].map((count, index) => queue.add(`t${index}`, records(count), 60_000, expired));

    const first = queue.peekRequest();
    for (const entry of first) entry.settle();
    const second = queue.peekRequest();
    for (const entry of second) entry.settle();
    await Promise.all(sends);

    expect([first, second].map((request) => request.map(({ topic }) => topic))).toEqual([['t0', 't1'], ['t2']]);
    expect(queue.size).toBe(0);
  });

  it('keeps a request below what brokers take as one batch', async () => {
    const queue = new SendQueue();
    const sends = [queue.add('a', records(10, 50_000), 60_000, expired), queue.add('b', records(10, 50_000), 60_000, expired)];

    const request = queue.peekRequest();
    queue.peekRequest().concat(request).forEach((entry) => entry.settle());
    queue.oldest?.settle();
    await Promise.all(sends);

    expect(request.map(({ topic }) => topic)).toEqual(['a']);
  });

  it('rejects what waits longer than its deadline, and forgets it', async () => {
    const queue = new SendQueue();

    await expect(queue.add('t', records(3), 1, expired)).rejects.toThrow('late');

    expect([queue.size, queue.oldest]).toEqual([0, undefined]);
  });
});

describe(chunksOf.name, () => {
  it('cuts by count and by bytes, and loses nothing', () => {
    const byCount = [...chunksOf(records(2_500))].map(({ length }) => length);
    const byBytes = [...chunksOf(records(5, 400_000))].map(({ length }) => length);

    expect(byCount).toEqual([1_000, 1_000, 500]);
    expect(byBytes).toEqual([2, 2, 1]);
  });

  it('leaves a record that is too large alone, and gives nothing for nothing', () => {
    expect([...chunksOf([...records(1), ...records(1, 2_000_000), ...records(1)])].map(({ length }) => length)).toEqual([1, 1, 1]);
    expect([...chunksOf([])]).toEqual([]);
  });
});
