import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readRow, type RowFormat } from './read-row.js';

const aFormat = (overrides: Partial<RowFormat> = {}): RowFormat => ({ columns: ['email', 'name', ''], identityAt: 0, delimiter: ',', namespace: 'email', region: 'SE', ...overrides });
const aRow = (text: string, line = 7) => ({ line, bytes: Buffer.from(text) });

describe(readRow.name, () => {
  it('normalises the identity, and leaves out what is empty or has no name', () => {
    expect(readRow(aRow('" Ada@Shop.test ",,x'), aFormat())).toEqual({ line: 7, identity: 'ada@shop.test', attributes: undefined });
    expect(readRow(aRow('ada@shop.test,Ada,x'), aFormat())).toEqual({ line: 7, identity: 'ada@shop.test', attributes: '{"name":"Ada"}' });
    expect(readRow(aRow('x,070-174 06 05,'), aFormat({ identityAt: 1, namespace: 'phone' }))).toEqual({ line: 7, identity: '+46701740605', attributes: '{"email":"x"}' });
  });

  it.each([
    ['a,b', 'MISSING_COLUMNS', ''],
    ['a,b,c,d', 'EXTRA_COLUMNS', ''],
    [' ,b,c', 'INVALID_IDENTITY', 'email'],
    [`${'x'.repeat(513)},b,c`, 'INVALID_IDENTITY', 'email'],
    ['"a\nb",b,c', 'INVALID_IDENTITY', 'email'],
    ['a,b\0,c', 'INVALID_TEXT', 'name'],
  ])('refuses %j as %s', (text, code, column) => {
    expect(readRow(aRow(text), aFormat())).toMatchObject({ line: 7, code, column });
  });

  it('passes over empty fields after the last column', () => {
    expect(readRow(aRow('a,b,c,,,'), aFormat())).toMatchObject({ identity: 'a' });
  });

  it('tells faults that the row came with, and bytes that are not UTF-8', () => {
    expect(readRow({ line: 3, bytes: Buffer.alloc(0), fault: 'ROW_TOO_LONG' }, aFormat())).toMatchObject({ line: 3, code: 'ROW_TOO_LONG', column: '' });
    expect(readRow({ line: 4, bytes: Buffer.from([0x61, 0x2c, 0xff, 0x2c]) }, aFormat())).toMatchObject({ line: 4, code: 'INVALID_ENCODING', column: 'name' });
  });

  it('keeps every text under every name, whatever they are', () => {
    const aText = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && text.isWellFormed());
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.oneof(aText, fc.constantFrom('__proto__', 'constructor', 'toString')), aText), { selector: ([name]) => name, maxLength: 6 }), (pairs) => {
        const columns = ['id', ...pairs.map(([name]) => name)];

        const row = readRow(aRow(['me', ...pairs.map(([, text]) => quoted(text))].join(';')), aFormat({ columns, delimiter: ';', namespace: 'crm' }));

        const expected = pairs.filter(([name, text]) => name !== '' && text !== '');
        expect('attributes' in row && row.attributes !== undefined ? Object.entries(JSON.parse(row.attributes) as object).sort() : []).toEqual([...expected].sort());
      }),
    );
  });
});
