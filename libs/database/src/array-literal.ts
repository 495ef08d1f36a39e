/**
 * A list as Postgres writes arrays, `{"a",NULL,"b"}`: the text of one parameter, to be cast where it is used (`$1::uuid[]`).
 * Text is quoted, numbers and booleans stand as they are, dates (years 1 to 9999) in UTC, bytes in hexadecimal, null as NULL.
 * The driver makes the same of a list, with two rewritten copies of every element.
 */
export function arrayLiteral(values: readonly ArrayElement[]): string {
  let literal = '{';
  for (const [i, value] of values.entries()) {
    if (i > 0) literal += ',';
    literal += value === null ? 'NULL' : elementOf(value);
  }
  return `${literal}}`;
}

export type ArrayElement = string | number | bigint | boolean | Date | Buffer | null;

const SPECIAL = /["\\]/;
const EVERY_SPECIAL = /["\\]/g;

function elementOf(value: Exclude<ArrayElement, null>): string {
  if (typeof value === 'string') return `"${SPECIAL.test(value) ? value.replace(EVERY_SPECIAL, '\\$&') : value}"`;
  if (typeof value !== 'object') return String(value);
  return value instanceof Date ? `"${value.toISOString()}"` : `"\\\\x${value.toString('hex')}"`;
}
