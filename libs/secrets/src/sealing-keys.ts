import { randomBytes } from 'node:crypto';
import { SealingKeysInvalid } from './secrets.errors.js';

const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

export interface SealingKey {
  id: string;
  bytes: Buffer;
}

/**
 * Reads `kid:base64[,kid2:base64…]`.
 * @throws SealingKeysInvalid naming the entry by its position, never by its content
 */
export function parseSealingKeys(text: string): SealingKey[] {
  const keys = text.split(',').map((entry, index) => parseEntry(entry.trim(), index + 1));
  const ids = new Set(keys.map((key) => key.id));
  if (ids.size < keys.length) throw new SealingKeysInvalid('two sealing keys have the same id');
  return keys;
}

function parseEntry(entry: string, position: number): SealingKey {
  const colon = entry.indexOf(':');
  const id = entry.slice(0, Math.max(colon, 0));
  if (!KEY_ID.test(id)) throw new SealingKeysInvalid(`sealing key ${position} has no id of letters, digits, - and _ before a colon`);
  const encoded = entry.slice(colon + 1);
  const bytes = Buffer.from(encoded, 'base64');
  if (!BASE64.test(encoded) || bytes.length !== KEY_BYTES) {
    throw new SealingKeysInvalid(`sealing key ${position} is not the base64 of ${KEY_BYTES} bytes`);
  }
  return { id, bytes };
}

/** A fresh entry for `SEALING_KEYS`. */
export function newSealingKey(id: string): string {
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;
}
