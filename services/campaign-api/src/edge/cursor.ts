import type { Page } from '@postrider/contracts';
import { InvalidQuery } from './edge.errors.js';

/** Where a page ended: the values of the columns that a list is ordered by. */
export type Position = readonly string[];

export const encodeCursor = (position: Position): string => Buffer.from(JSON.stringify(position)).toString('base64url');

/**
 * @param shape one check for each column of the order
 * @throws InvalidQuery for anything that `encodeCursor` did not make for such a list
 */
export function decodeCursor(cursor: string | undefined, shape: readonly RegExp[]): Position | undefined {
  if (cursor === undefined) return undefined;
  const position = parse(cursor);
  const fits = Array.isArray(position) && position.length === shape.length && shape.every((check, at) => typeof position[at] === 'string' && check.test(position[at]));
  if (!fits) throw new InvalidQuery([{ path: '/cursor', code: 'INVALID', message: 'is not a nextCursor of this list' }]);
  return position as Position;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * A page out of up to `limit + 1` rows: the one too many says that there is another page.
 * @param positionOf the row's values of the columns that the list is ordered by
 */
export function pageFrom<Row, Item>(rows: readonly Row[], limit: number, itemOf: (row: Row) => Item, positionOf: (row: Row) => Position): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null };
}

export const UUID_POSITION = [/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/];
