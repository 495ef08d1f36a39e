import { describe, expect, it } from '@jest/globals';
import { mergeAttributes } from './merge-attributes.js';

describe(mergeAttributes.name, () => {
  it('replaces each attribute as a whole by the override of the same name', () => {
    const merged = mergeAttributes({ firstName: 'Ada', address: { city: 'London', zip: '1' } }, { address: { city: 'Lund' }, firstName: null });

    expect(merged).toEqual({ firstName: null, address: { city: 'Lund' } });
  });

  it('carries only what is needed, from either side', () => {
    const merged = mergeAttributes({ a: 1, b: 2, c: 3 }, { c: 30, d: 40 }, ['b', 'c', 'd', 'missing']);

    expect(merged).toEqual({ b: 2, c: 30, d: 40 });
  });

  it('never takes what objects inherit for an attribute', () => {
    expect(mergeAttributes({}, undefined, ['constructor', 'toString'])).toEqual({});
  });
});
