import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bodyHash } from './body-hash.js';

/** The same value with the fields of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, inner]) => [name, reversed(inner)]));
}

describe(bodyHash.name, () => {
  it('does not depend on the order of fields, for any JSON', () => {
    fc.assert(fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => bodyHash(value).equals(bodyHash(reversed(value)))));
  });

  it('does not depend on it in an object of many fields either', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_one, i) => [`field-${(i * 37) % 100}`, i]));

    expect(bodyHash(many).equals(bodyHash(reversed(many)))).toBe(true);
  });

  it('tells large values apart by their last character, whatever was hashed before', () => {
    const large = (last: string) => ({ text: 'ä'.repeat(700_000), more: `${'ж'.repeat(300_000)}${last}` });
    const small = bodyHash({ a: 1 });

    expect(bodyHash(large('a')).equals(bodyHash(large('b')))).toBe(false);
    expect(bodyHash(large('a')).equals(bodyHash(reversed(large('a'))))).toBe(true);
    expect(bodyHash({ a: 1 }).equals(small)).toBe(true);
  });

  it('differs where the JSON differs', () => {
    const same = (a: unknown, b: unknown) => bodyHash(a).equals(bodyHash(b));
    const any = fc.jsonValue({ stringUnit: 'binary' });

    fc.assert(fc.property(any, any, (a, b) => same(a, b) === (JSON.stringify(canonicalOf(a)) === JSON.stringify(canonicalOf(b)))));
    expect([same('\ud83d', '\ud83e'), same('\ud83d', '\ufffd'), same(['a', 'b'], ['ab', '']), same(['1:a'], ['a']), same({ a: 'b' }, { 'a"1:b': 1 }), same(null, 'null')]).not.toContain(true);
    expect([same([1, 2], [2, 1]), same({ a: 1 }, { a: '1' }), same({ a: [] }, { a: {} }), same({ a: null }, {})]).toEqual([false, false, false, false]);
  });
});

function canonicalOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonicalOf);
  if (typeof value !== 'object' || value === null) return value;
  return ['object', ...Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, canonicalOf(inner)])];
}
