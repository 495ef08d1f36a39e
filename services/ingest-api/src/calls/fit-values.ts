/** What is carried on and stored must be text that Postgres takes, and numbers that JSON can write again. */

export type Json = Record<string, unknown>;

/** Levels of objects and lists within each other. */
export const MAX_DEPTH = 32;
export const UNFIT = 'has a NUL character, is not valid Unicode, or is too large a number';

const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCarriable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

/** Text that names something. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && isCarriable(value);

/** An ISO 8601 date-time with a zone. */
export const isInstant = (value: unknown): boolean => typeof value === 'string' && INSTANT.test(value) && isStorable(Date.parse(value));

/** Of the years that have four digits in UTC too: others have a form of their own, which neither messages nor tables take. */
const isStorable = (ms: number): boolean => ms >= FIRST_INSTANT && ms <= LAST_INSTANT;

export const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Whether there is nothing in a value that {@link isTooDeep} or {@link unfitValueIn} could find: nearly always so, and asked in one quick walk. */
export function isPlain(value: unknown, levels: number): boolean {
  if (typeof value === 'string') return isCarriable(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  // By its places, not their names: that alone is half the cost.
  if (Array.isArray(value)) return value.every((one) => isPlain(one, levels - 1));
  // Without a list of its names: an object that was read from JSON has nothing but its own.
  for (const name in value) if (!isCarriable(name) || !isPlain((value as Json)[name], levels - 1)) return false;
  return true;
}

export function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (isTooDeep(inner, levels - 1)) return true;
  return false;
}

/** Where the first such value is, or the object of which a field is so named. A number such as 1e400 is read as infinite. */
export function unfitValueIn(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return isCarriable(value) ? undefined : path;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = isCarriable(name) ? unfitValueIn(inner, `${path}/${escapePointer(name)}`) : path;
    if (found !== undefined) return found;
  }
  return undefined;
}
