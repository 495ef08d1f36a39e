import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Sql } from '@postrider/database';
import { Logger } from '@postrider/runtime';
import { PublishedMarks } from './published-marks.js';

/** A table that takes marks, after failing as often as told. */
function setUp(failures = 0) {
  const written: string[][] = [];
  let left = failures;
  const query = async (_statement: string, [ids]: [string[]]) => {
    left -= 1;
    if (left >= 0) throw new Error('spec');
    written.push(ids);
    return [];
  };
  return { marks: new PublishedMarks({ query } as unknown as Sql, Logger.create('spec', 'silent')), written };
}

describe(PublishedMarks.name, () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('writes the marks of a moment at once, in one order for all processes', async () => {
    jest.useFakeTimers();
    const { marks, written } = setUp();

    for (const id of ['b', 'a', 'c', 'a']) marks.add(id);
    await jest.advanceTimersByTimeAsync(1_000);

    expect(written).toEqual([['a', 'b', 'c']]);
  });

  it('knows what is on the log and not written down yet', () => {
    jest.useFakeTimers();
    const { marks } = setUp();

    marks.add('a');

    expect([marks.isMarked('a'), marks.isMarked('b')]).toEqual([true, false]);
  });

  it('keeps marks that could not be written, together with later ones, until they are', async () => {
    jest.useFakeTimers();
    const { marks, written } = setUp(2);
    marks.add('a');
    await jest.advanceTimersByTimeAsync(250);
    const isKept = marks.isMarked('a');

    marks.add('b');
    await jest.advanceTimersByTimeAsync(1_000);

    expect(isKept).toBe(true);
    expect(written).toEqual([['a', 'b']]);
  });

  it('writes what is left when the process ends, and nothing when nothing is', async () => {
    const [one, other] = [setUp(), setUp()];
    one.marks.add('a');

    await Promise.all([one.marks.beforeApplicationShutdown(), other.marks.beforeApplicationShutdown()]);

    expect([one.written, other.written]).toEqual([[['a']], []]);
  });
});
