import { CallRefused } from '../calls/calls.errors.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Of a list by places: where the next page begins. */
export const cursorOf = (offset: number): string => encode(String(offset));

/** Of a list by ids: after which one the next page begins. */
export const cursorAfter = (id: string): string => encode(id);

/** @throws CallRefused when it is not one of ours */
export function offsetOf(cursor: unknown): number {
  if (cursor === undefined) return 0;
  const text = decode(cursor);
  if (!/^\d{1,9}$/.test(text)) throw foreign();
  return Number(text);
}

/** @throws CallRefused when it is not one of ours */
export function idAfter(cursor: unknown): string | undefined {
  if (cursor === undefined) return undefined;
  const text = decode(cursor);
  if (!UUID.test(text)) throw foreign();
  return text;
}

export const encode = (text: string): string => Buffer.from(text).toString('base64url');
export const decode = (cursor: unknown): string => (typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '');
export const foreign = (): CallRefused => new CallRefused('INVALID_QUERY', 'The cursor is not one of this list.');
