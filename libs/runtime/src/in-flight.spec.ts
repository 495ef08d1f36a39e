import { setFlagsFromString, getHeapSpaceStatistics } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { InFlight } from './in-flight.js';

/** One flat string: of objects that live long, V8 may come to make the next ones old from the start. */
const aWork = (id: number): string => Buffer.alloc(20_000, `${id} `).toString('latin1');

function oldSpaceMegabytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space');
  return (space?.space_used_size ?? 0) / 2 ** 20;
}

describe(InFlight.name, () => {
  it('keeps the order of arrival, whoever leaves', () => {
    const all = new InFlight<string>();
    for (const one of ['a', 'b', 'c', 'd']) all.add(one);

    const answers = [all.delete('a'), all.delete('c'), all.delete('c')];

    expect(answers).toEqual([true, true, false]);
    expect([...all]).toEqual(['b', 'd']);
    expect([all.size, all.oldest]).toEqual([2, 'b']);
  });

  it('has no oldest when nothing is under way', () => {
    const all = new InFlight<string>();

    expect([all.size, all.oldest, all.delete('a')]).toEqual([0, undefined, false]);
  });

  it('lets go of what has left, without a major collection', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const all = new InFlight<string>();
    const atOnce = Array.from({ length: 5 }, (_, i) => aWork(i));
    for (const one of atOnce) all.add(one);
    // So that what it holds, and its table if it had one, is old.
    collect();
    const before = oldSpaceMegabytes();

    for (let i = 0; i < 5_000; i += 1) {
      const one = aWork(i);
      all.add(one);
      atOnce.push(one);
      all.delete(atOnce.shift() as string);
    }

    expect(oldSpaceMegabytes() - before).toBeLessThan(4);
  });
});
