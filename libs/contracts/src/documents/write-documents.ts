import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { breakingChanges } from './compatibility.js';
import { ASYNC_API_FILE, documents } from './documents.js';

/** What an incompatible change of a contract breaks, by file. */
export function incompatibilities(folder: string): string[] {
  return [...documents()].flatMap(([file, text]) => {
    if (file === ASYNC_API_FILE || !existsSync(join(folder, file))) return [];
    const committed: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return breakingChanges(committed, JSON.parse(text)).map((change) => `${file}: ${change}`);
  });
}

/**
 * Writes the documents, unless a contract changed in a way that its version does not allow.
 *
 * @param acceptBreaking for a version that nothing outside this repository has used yet
 * @returns what is not allowed; empty when everything was written
 */
export function writeDocuments(folder: string, acceptBreaking: boolean): string[] {
  const refused = acceptBreaking ? [] : incompatibilities(folder);
  if (refused.length > 0) return refused;
  for (const [file, text] of documents()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return [];
}
