import { createHash } from 'node:crypto';

/**
 * SHA-256 of a JSON value in a canonical form: the order of an object's fields does not matter, everything else does.
 * Source: the idea of RFC 8785, without its number formatting, since both sides are parsed by the same engine.
 */
export function bodyHash(body: unknown): Buffer {
  return createHash('sha256').update(canonical(body)).digest();
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const object = value as Record<string, unknown>;
  const fields = Object.keys(object).sort().filter((name) => object[name] !== undefined);
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonical(object[name])}`).join(',')}}`;
}
