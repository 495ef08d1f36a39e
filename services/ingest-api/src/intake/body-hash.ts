import { createHash } from 'node:crypto';
import { CanonicalForm } from './canonical-form.js';

const form = new CanonicalForm();

/** SHA-256 of a JSON value in a canonical form: the order of an object's fields does not matter, everything else does. */
export function bodyHash(body: unknown): Buffer {
  return createHash('sha256').update(form.of(body)).digest();
}
