import { describe, expect, it } from '@jest/globals';
import { validateIdentity } from './index.js';

describe(validateIdentity.name, () => {
  it.each(['ada@shop.test', 'x'.repeat(512), '😀'.repeat(512), 'any opaque thing'])('finds nothing wrong with %j', (value) => {
    expect(validateIdentity(value)).toBeUndefined();
  });

  it.each([
    ['', /empty/],
    [' \t ', /empty/],
    ['x'.repeat(513), /512/],
    ['😀'.repeat(513), /512/],
    ['x'.repeat(100_000), /512/],
    ['a\0b', /control/],
    ['a\u0085b', /control/],
    ['a\nb', /control/],
    ['a\ud800b', /Unicode/],
  ])('refuses %j', (value, fault) => {
    expect(validateIdentity(value)).toMatch(fault);
  });
});
