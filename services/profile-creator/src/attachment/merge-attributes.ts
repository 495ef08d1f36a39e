import type { JsonObject } from '@postrider/contracts';

const EMPTY: JsonObject = Object.freeze({});

/**
 * The attributes for one message: the stored ones, each replaced as a whole by the call's override of the same name.
 * Only those named by `needed`; all of them where it is undefined.
 */
export function mergeAttributes(stored: JsonObject, overrides: JsonObject = EMPTY, needed?: readonly string[]): JsonObject {
  if (needed === undefined) return { ...stored, ...overrides };
  const merged: JsonObject = {};
  for (const name of needed) {
    if (Object.hasOwn(overrides, name)) merged[name] = overrides[name];
    else if (Object.hasOwn(stored, name)) merged[name] = stored[name];
  }
  return merged;
}
