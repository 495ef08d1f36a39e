import { describe, expect, it } from '@jest/globals';
import { COMPOSITION_LIMITS, type Composition } from '@postrider/contracts';
import { Parameters } from '../rules/parameters.js';
import { InvalidAudience } from '../rules/rules.errors.js';
import { compileComposition } from './compile-composition.js';
import { audiencesOf, checkComposition } from './read-composition.js';

const leaf: Composition = { op: 'audience', audienceId: 'one' };
const HOSTILE = `'; DROP TABLE x; --`;
const hostile: Composition = {
  op: 'rank', by: `attributes.${HOSTILE.replaceAll(' ', '')}`, direction: 'asc', limit: 7,
  of: { op: 'split', seed: HOSTILE, from: 0, to: 50, of: { op: 'enrich', of: leaf, with: { audienceId: 'two', attributes: [HOSTILE] }, set: { [HOSTILE]: HOSTILE } } },
};

const deep = (levels: number): Composition => (levels === 1 ? leaf : { op: 'union', of: [deep(levels - 1)] });

function faultsOf(composition: Composition, unusable: Record<string, string> = {}): [string, string][] {
  try {
    checkComposition(composition, (id) => unusable[id]);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidAudience);
    return ((error as InvalidAudience).faults ?? []).map(({ path, message }) => [path, message]);
  }
}

describe(compileComposition.name, () => {
  it('puts nothing of the composition into the text', () => {
    const parameters = new Parameters();

    const text = compileComposition(hostile, { parameters, membersOf: () => 'SELECT bucket, profile_id, attributes FROM members' });

    expect(text).not.toMatch(/DROP|--/);
    expect(parameters.values).toContain(HOSTILE);
  });
});

describe(checkComposition.name, () => {
  it('names every audience once', () => {
    expect(audiencesOf({ op: 'union', of: [hostile, leaf] })).toEqual(['two', 'one']);
  });

  it('finds every fault and its place', () => {
    const composition: Composition = { op: 'exclude', from: { op: 'split', of: leaf, seed: '\ud800', from: 60, to: 50 }, remove: [leaf, { op: 'audience', audienceId: 'gone' }] };

    expect(faultsOf(composition, { gone: 'There is no such audience.' })).toEqual([
      ['/composition/from', 'The share ends before it begins.'],
      ['/composition/from', 'It contains text that is not valid Unicode, or a NUL character.'],
      ['/composition/remove/1', 'There is no such audience.'],
    ]);
  });

  it('takes as many steps and levels as are allowed, and no more', () => {
    const wide = (steps: number): Composition => ({ op: 'union', of: [
      { op: 'union', of: Array.from({ length: 20 }, () => leaf) }, { op: 'union', of: Array.from({ length: 20 }, () => leaf) }, { op: 'union', of: Array.from({ length: steps - 44 }, () => leaf) },
    ] });

    expect([faultsOf(deep(COMPOSITION_LIMITS.depth)), faultsOf(wide(COMPOSITION_LIMITS.steps))]).toEqual([[], []]);
    expect(faultsOf(deep(COMPOSITION_LIMITS.depth + 1))).toHaveLength(1);
    expect(faultsOf(wide(COMPOSITION_LIMITS.steps + 1))).toEqual([['/composition', 'There are 51 steps; 50 are allowed.']]);
  });
});
