import { describe, expect, it } from '@jest/globals';
import { arrayLiteral } from './array-literal.js';

describe(arrayLiteral.name, () => {
  it('quotes strings, so that none of them is read as NULL, a number or two elements', () => {
    expect(arrayLiteral(['', 'NULL', '1', 'a,b', '{}', null])).toBe('{"","NULL","1","a,b","{}",NULL}');
  });

  it('escapes quotes and backslashes', () => {
    expect(arrayLiteral(['"', '\\', 'a"b\\"'])).toBe(String.raw`{"\"","\\","a\"b\\\""}`);
  });

  it('writes numbers and booleans as they are, dates in UTC, bytes in hexadecimal', () => {
    expect(arrayLiteral([1.5, -2n, true, new Date(0), Buffer.from([0, 255])])).toBe(String.raw`{1.5,-2,true,"1970-01-01T00:00:00.000Z","\\x00ff"}`);
  });
});
