/**
 * Rows turned into one array per column, the parameters of `unnest($1::uuid[], $2::text[], …)`.
 * Missing fields become NULL. Objects and arrays travel as JSON text, so their column is cast `$3::jsonb[]`.
 */
export function columnsOf<Row extends object>(rows: readonly Row[], names: readonly (keyof Row & string)[]): unknown[][] {
  return names.map((name) => rows.map((row) => parameterOf(row[name])));
}

function parameterOf(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || value instanceof Date || Buffer.isBuffer(value)) return value;
  return JSON.stringify(value);
}
