import { join, resolve } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Where a stack lives; `--dir` puts a second one beside the first. */
export function stackFolder(given: string | undefined): string {
  return given === undefined ? join(ROOT, '.local') : resolve(given);
}
