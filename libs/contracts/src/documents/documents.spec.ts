import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ALL_MESSAGES, topicsOf } from '../index.js';
import { documents } from './documents.js';
import { incompatibilities, writeDocuments } from './write-documents.js';

const LIBRARY = join(import.meta.dirname, '../..');
const REGENERATE = 'run: npx nx documents @postrider/contracts';

describe('the committed documents', () => {
  it.each([...documents()])(`%s is what the contracts say (else ${REGENERATE})`, (file, text) => {
    expect(readFileSync(join(LIBRARY, file), 'utf8')).toBe(text);
  });

  it('hold a schema per message and nothing else', () => {
    const expected = ALL_MESSAGES.map((contract) => `${contract.topic}.json`).sort();

    expect(readdirSync(join(LIBRARY, 'schemas')).sort()).toEqual(expected);
  });

  it('are compatible with the contracts as they are now', () => {
    expect(incompatibilities(LIBRARY)).toEqual([]);
  });

  it('list every topic in AsyncAPI, with references that lead somewhere', () => {
    const text = documents().get('asyncapi.json') ?? '';
    const document = JSON.parse(text) as { channels: object };

    expect(Object.keys(document.channels).sort()).toEqual(ALL_MESSAGES.flatMap((contract) => topicsOf(contract)).sort());
    for (const [, reference] of text.matchAll(/"\$ref": "#\/([^"]+)"/g)) {
      const found = (reference ?? '').split('/').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
      expect(found).toBeDefined();
    }
  });
});

describe(writeDocuments.name, () => {
  let folder: string;
  const schema = () => join(folder, 'schemas/delivery.status-changed.v1.json');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postrider-contracts-'));
    writeDocuments(folder, false);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** As if the contract had needed one more field when the documents were committed. */
  function commitOtherSchema(): string {
    const committed = JSON.parse(readFileSync(schema(), 'utf8')) as { properties: Record<string, unknown> };
    committed.properties['gone'] = { type: 'string' };
    const text = JSON.stringify(committed);
    writeFileSync(schema(), text);
    return text;
  }

  it('writes every document where none is', () => {
    for (const [file, text] of documents()) expect(readFileSync(join(folder, file), 'utf8')).toBe(text);
  });

  it('refuses to write over a schema that the contract no longer keeps to', () => {
    const committed = commitOtherSchema();

    const refused = writeDocuments(folder, false);

    expect(refused).toEqual(['schemas/delivery.status-changed.v1.json: /gone was removed']);
    expect(readFileSync(schema(), 'utf8')).toBe(committed);
  });

  it('does so when told that nobody uses the version yet', () => {
    commitOtherSchema();

    expect(writeDocuments(folder, true)).toEqual([]);
    expect(readFileSync(schema(), 'utf8')).toBe(documents().get('schemas/delivery.status-changed.v1.json'));
  });
});
