import { describe, expect, it } from '@jest/globals';
import { columnsOf } from './index.js';

describe(columnsOf.name, () => {
  it('turns rows into one array literal per column, in the order asked for', () => {
    const rows = [{ a: 1, b: 'x', c: true }, { a: 2, b: 'y', c: false }];

    expect(columnsOf(rows, ['b', 'a'])).toEqual(['{"x","y"}', '{1,2}']);
  });

  it('keeps dates and bytes, writes objects and lists as JSON, and knows no undefined', () => {
    const rows: { value: unknown }[] = [{ value: new Date(0) }, { value: Buffer.from('x') }, { value: { a: [1] } }, { value: ['x'] }, { value: null }, { value: undefined }, {} as never];

    expect(columnsOf(rows, ['value'])).toEqual([String.raw`{"1970-01-01T00:00:00.000Z","\\x78","{\"a\":[1]}","[\"x\"]",NULL,NULL,NULL}`]);
  });

  it('gives empty columns for no rows', () => {
    expect(columnsOf<{ a: number }>([], ['a'])).toEqual(['{}']);
  });
});
