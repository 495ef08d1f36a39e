import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor, pageFrom } from './cursor.js';
import { InvalidQuery } from './edge.errors.js';

describe(decodeCursor.name, () => {
  it('gives back what was encoded, whatever is in it', () => {
    fc.assert(fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (position) => {
      expect(decodeCursor(encodeCursor(position), position.map(() => /^[^]*$/))).toEqual(position);
    }));
  });

  it.each([
    ['not base64 of JSON', 'abc'],
    ['an object', Buffer.from('{"0":"a"}').toString('base64url')],
    ['of another list', encodeCursor(['a', 'b'])],
    ['with a value of another kind', encodeCursor(["1'; DROP TABLE campaigns"])],
    ['with a number in it', Buffer.from('[1]').toString('base64url')],
    ['empty', ''],
  ])('refuses a cursor that is %s', (_case, cursor) => {
    expect(() => decodeCursor(cursor, [/^\d+$/])).toThrow(InvalidQuery);
  });

  it('starts at the beginning without a cursor', () => {
    expect(decodeCursor(undefined, [/^\d+$/])).toBeUndefined();
  });
});

describe(pageFrom.name, () => {
  it('visits every row once, whatever the size of a page', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.nat(1_000), { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (numbers, limit) => {
      const rows = [...numbers].sort((a, b) => a - b);
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const after = decodeCursor(cursor, [/^\d+$/])?.[0];
        const found = rows.filter((row) => after === undefined || row > Number(after)).slice(0, limit + 1);
        const page = pageFrom(found, limit, (row) => row, (row) => [String(row)]);
        seen.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);

      expect(seen).toEqual(rows);
    }));
  });
});
