import { arrayLiteral, type ArrayElement } from './array-literal.js';

/**
 * Rows turned into one array literal per column, the parameters of `unnest($1::uuid[], $2::text[], …)`.
 * Missing fields become NULL. Objects and arrays travel as JSON text, so their column is cast `$3::jsonb[]`.
 */
export function columnsOf<Row extends object>(rows: readonly Row[], names: readonly (keyof Row & string)[]): string[] {
  return names.map((name) => arrayLiteral(rows.map((row) => elementOf(row[name]))));
}

function elementOf(value: unknown): ArrayElement {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || value instanceof Date || Buffer.isBuffer(value)) return value as ArrayElement;
  return JSON.stringify(value);
}
