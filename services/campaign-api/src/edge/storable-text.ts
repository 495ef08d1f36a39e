import type { InputFault } from '@postrider/runtime';
import { pointerOf } from './faults.js';

const MAX_DEPTH = 32;
/** The code of a fault of nesting. */
export const TOO_DEEP = 'TOO_DEEP';

/**
 * What Postgres could not store of a body: NUL characters, halves of surrogate pairs, and nesting over 32 levels,
 * which other readers of the document may not bear either.
 */
export function storableFaults(value: unknown, path: readonly PropertyKey[] = []): InputFault[] {
  if (typeof value === 'string') return isStorable(value) ? [] : [{ path: pointerOf(path), code: 'INVALID', message: 'must be Unicode text without NUL characters' }];
  if (typeof value !== 'object' || value === null) return [];
  if (path.length >= MAX_DEPTH) return [{ path: pointerOf(path.slice(0, 3)), code: TOO_DEEP, message: `is nested over ${MAX_DEPTH} levels` }];
  return Object.entries(value).flatMap(([key, item]) => (isStorable(key) ? storableFaults(item, [...path, key]) : [{ path: pointerOf(path), code: 'INVALID', message: 'has a name that is not text without NUL characters' }]));
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
