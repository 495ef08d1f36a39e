import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InFlight } from './in-flight.js';

/**
 * In a process whose heap nothing else has shaped: five arrays of 20 KB are under way at any time, 20,000 come and go.
 * Prints how many major collections that took.
 */
const MUCH_COMES_AND_GOES = `
  import { PerformanceObserver, constants } from 'node:perf_hooks';
  const { InFlight } = await import(process.argv[1]);
  const majors = [];
  const { promise: allTold, resolve: tell } = Promise.withResolvers();
  let endedAt = Infinity;
  const observer = new PerformanceObserver((list) => {
    majors.push(...list.getEntries().filter(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR));
    if (majors.at(-1)?.startTime > endedAt) tell();
  });
  const work = (id) => new Array(2_500).fill(id);
  const all = new InFlight();
  const atOnce = Array.from({ length: 5 }, (_, id) => work(id));
  for (const one of atOnce) all.add(one);
  // So that what it holds, and its table if it had one, is old.
  gc();
  observer.observe({ entryTypes: ['gc'] });
  for (let id = 0; id < 20_000; id += 1) {
    atOnce.push(work(id));
    all.add(atOnce.at(-1));
    all.delete(atOnce.shift());
  }
  // They are told of later, in their order; this one is the last.
  endedAt = performance.now();
  gc();
  const awake = setInterval(() => undefined, 1_000);
  await allTold;
  clearInterval(awake);
  console.log(majors.filter(({ startTime }) => startTime < endedAt).length);`;

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
    const source = pathToFileURL(join(import.meta.dirname, 'in-flight.ts')).href;

    const majorCollections = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', MUCH_COMES_AND_GOES, source], { encoding: 'utf8' });

    expect(Number(majorCollections)).toBe(0);
  });
});
