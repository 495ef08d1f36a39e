import { describe, expect, it } from '@jest/globals';
import { COMPOSITION_LIMITS, type AudienceSource, type Composition } from '@postrider/contracts';
import { compositionFaults, leafFaults, leavesOf } from './composition-faults.js';

const leaf = (audienceId = 'segment'): Composition => ({ op: 'audience', audienceId });
const found = (composition: Composition): string[][] => compositionFaults(composition, ['composition']).map(({ path, code }) => [path, code]);
const nested = (depth: number): Composition => (depth === 1 ? leaf() : { op: 'rank', of: nested(depth - 1), by: 'createdAt', direction: 'asc', limit: 1 });

describe(compositionFaults.name, () => {
  it('finds nothing wrong with a use of every step', () => {
    const composition: Composition = {
      op: 'enrich', set: { discount: 10 },
      of: {
        op: 'exclude',
        from: { op: 'split', of: { op: 'union', of: [leaf(), { op: 'intersect', of: [leaf(), leaf()] }] }, seed: 'a', from: 0, to: 50 },
        remove: [{ op: 'rank', of: leaf(), by: 'attributes.age', direction: 'desc', limit: 10 }],
      },
    };

    expect(found(composition)).toEqual([]);
  });

  it('refuses a share of nobody and an enrichment with nothing, each by its place', () => {
    const split: Composition = { op: 'split', of: leaf(), seed: '', from: 50, to: 50 };

    expect(found({ op: 'exclude', from: leaf(), remove: [split, { op: 'enrich', of: leaf(), set: {} }] })).toEqual([
      ['/composition/remove/0/to', 'EMPTY_SHARE'], ['/composition/remove/1', 'NOTHING_TO_ADD'],
    ]);
  });

  it('counts levels and steps', () => {
    const wide = (leaves: number): Composition => ({ op: 'union', of: Array.from({ length: leaves }, () => leaf()) });

    expect(found(nested(COMPOSITION_LIMITS.depth))).toEqual([]);
    expect(found(nested(COMPOSITION_LIMITS.depth + 1))).toEqual([[`/composition${'/of'.repeat(COMPOSITION_LIMITS.depth)}`, 'TOO_DEEP']]);
    expect(found(wide(COMPOSITION_LIMITS.steps - 1))).toEqual([]);
    expect(found(wide(COMPOSITION_LIMITS.steps))).toEqual([['/composition', 'TOO_MANY_STEPS']]);
  });
});

describe(leafFaults.name, () => {
  const sources = new Map<string, AudienceSource>([['segment', 'segment'], ['upload', 'upload'], ['composition', 'composition']]);
  const faultsOf = (composition: Composition): string[][] => leafFaults(leavesOf(composition, ['composition']), sources).map(({ path, code }) => [path, code]);
  const enriched = (audienceId: string): Composition => ({ op: 'enrich', of: leaf(), with: { audienceId, attributes: ['discount'] }, set: {} });

  it('takes segments and uploads, and columns of uploads', () => {
    expect(faultsOf({ op: 'union', of: [leaf('segment'), leaf('upload'), enriched('upload')] })).toEqual([]);
  });

  it('refuses what is not there, compositions, and columns of a segment', () => {
    expect(faultsOf({ op: 'union', of: [leaf('nobody'), leaf('composition'), enriched('segment')] })).toEqual([
      ['/composition/of/0/audienceId', 'UNKNOWN'], ['/composition/of/1/audienceId', 'COMPOSITION'], ['/composition/of/2/with/audienceId', 'NOT_AN_UPLOAD'],
    ]);
  });
});
