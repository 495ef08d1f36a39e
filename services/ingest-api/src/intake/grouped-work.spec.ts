import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DependencyUnavailable } from '@postrider/runtime';
import { GroupedWork } from './grouped-work.js';

interface Run {
  items: readonly number[];
  finish: () => void;
  fail: (error: Error) => void;
}

/** Work of which every run waits until the spec ends it; each item is answered with its tenfold. */
function heldWork(options: { maxItems: number; concurrency?: number }) {
  const runs: Run[] = [];
  const work = new GroupedWork<number, number>({
    ...options,
    run: (items) => new Promise((resolve, reject) => runs.push({ items, finish: () => resolve(items.map((item) => item * 10)), fail: reject })),
  });
  return { work, runs };
}

/** Longer than the rest between two groups. */
const turn = () => jest.advanceTimersByTimeAsync(5);

describe(GroupedWork.name, () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('gives what waits at the same moment to one run, and each its own answer', async () => {
    const { work, runs } = heldWork({ maxItems: 10 });
    const answers = Promise.all([3, 1, 2].map((item) => work.add(item)));
    await turn();

    runs[0]?.finish();

    expect(await answers).toEqual([30, 10, 20]);
    expect(runs.map(({ items }) => items)).toEqual([[3, 1, 2]]);
  });

  it('collects what comes while it works for the next run', async () => {
    const { work, runs } = heldWork({ maxItems: 10, concurrency: 1 });
    const first = work.add(1);
    await turn();
    const later = Promise.all([work.add(2), work.add(3)]);
    await turn();
    const whileBusy = runs.length;

    runs[0]?.finish();
    await first;
    await turn();
    runs[1]?.finish();

    expect(whileBusy).toBe(1);
    expect(await later).toEqual([20, 30]);
    expect(runs[1]?.items).toEqual([2, 3]);
  });

  it('works on up to so many runs at once, each of up to so many items', async () => {
    const { work, runs } = heldWork({ maxItems: 2, concurrency: 2 });
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => work.add(item)));
    await turn();
    const atOnce = runs.map(({ items }) => items);

    runs[0]?.finish();
    runs[1]?.finish();
    await turn();
    runs[2]?.finish();

    expect(atOnce).toEqual([[1, 2], [3, 4]]);
    expect(await answers).toEqual([10, 20, 30, 40, 50]);
  });

  it('lets what comes alone go at once, and what comes soon after wait for company', async () => {
    const { work, runs } = heldWork({ maxItems: 10 });
    void work.add(1);
    await jest.advanceTimersByTimeAsync(0);
    void work.add(2);
    await jest.advanceTimersByTimeAsync(2);
    void work.add(3);
    const resting = runs.map(({ items }) => items);

    await turn();

    expect(resting).toEqual([[1]]);
    expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  });

  it('does not let a full group wait', async () => {
    const { work, runs } = heldWork({ maxItems: 2, concurrency: 3 });
    void work.add(1);
    await jest.advanceTimersByTimeAsync(0);
    void work.add(2);
    await jest.advanceTimersByTimeAsync(1);
    const resting = runs.length;

    void work.add(3);
    await jest.advanceTimersByTimeAsync(0);

    expect(resting).toBe(1);
    expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  });

  it('tells only the items of a run that it failed, and goes on', async () => {
    const { work, runs } = heldWork({ maxItems: 1, concurrency: 1 });
    const outcomes = Promise.allSettled([work.add(1), work.add(2)]);
    await turn();

    runs[0]?.fail(new Error('spec'));
    await turn();
    runs[1]?.finish();

    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('does not let an item that cannot be done take its neighbours with it', async () => {
    const run = async (items: readonly number[]): Promise<number[]> => {
      if (items.includes(2)) throw new Error('no room for 2');
      return items.map((item) => item * 10);
    };
    const work = new GroupedWork<number, number>({ maxItems: 10, run });

    const outcomes = Promise.allSettled([1, 2, 3].map((item) => work.add(item)));
    await turn();

    expect(await outcomes).toMatchObject([{ value: 10 }, { reason: new Error('no room for 2') }, { value: 30 }]);
  });

  it('does not run a group again while what it needs is away', async () => {
    const { work, runs } = heldWork({ maxItems: 10 });
    const outcomes = Promise.allSettled([work.add(1), work.add(2)]);
    await turn();

    runs[0]?.fail(new DependencyUnavailable('postgres', new Error('spec')));

    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(runs).toHaveLength(1);
  });

  it('says how long its oldest item has been without an answer, and nothing when all have one', async () => {
    const { work, runs } = heldWork({ maxItems: 1, concurrency: 1 });
    const idle = work.oldestMs;
    const answers = Promise.all([1, 2].map((item) => work.add(item)));
    await turn();
    const atWork = work.oldestMs;
    runs[0]?.finish();
    await turn();
    const waiting = work.oldestMs;

    runs[1]?.finish();
    await answers;
    await turn();

    expect([idle, work.oldestMs]).toEqual([0, 0]);
    expect(Math.min(atWork, waiting)).toBeGreaterThan(0);
  });
});
