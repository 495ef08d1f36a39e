import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { OPERATIONS } from '../operations.js';
import { documentationPage } from './documentation-page.js';
import { openApiDocument } from './openapi-document.js';

type Json = Record<string, unknown>;

const document = JSON.parse(JSON.stringify(openApiDocument(OPERATIONS))) as Json & { paths: Record<string, Json>; components: { schemas: Json } };

describe(openApiDocument.name, () => {
  it('makes the committed document; after a change run: npm run openapi -w @postrider/campaign-api', () => {
    const committed: unknown = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));

    expect(document).toEqual(committed);
  });

  it('lists every operation once', () => {
    const listed = Object.values(document.paths).flatMap((path) => Object.values(path)).map((operation) => (operation as Json)['operationId']);

    expect(listed.sort()).toEqual(OPERATIONS.map(({ id }) => id).sort());
    expect(new Set(listed).size).toBe(OPERATIONS.length);
  });

  it('refers to no schema that it does not hold', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);

    expect(references.length).toBeGreaterThan(0);
    expect(references.filter((name) => !Object.hasOwn(document.components.schemas, name ?? ''))).toEqual([]);
    expect(JSON.stringify(document)).not.toContain('#/$defs/');
  });

  it('never describes an answer with a secret that is stored', () => {
    const text = JSON.stringify(document.components.schemas);

    expect(text).not.toMatch(/sealed|tokenHash/i);
  });
});

describe(documentationPage.name, () => {
  it('shows every call and loads nothing from elsewhere', () => {
    const page = documentationPage(OPERATIONS);

    expect(OPERATIONS.filter(({ path }) => !page.includes(`/api/v1/${path.replaceAll(/:(\w+)/g, '{$1}')}`))).toEqual([]);
    expect(page).not.toMatch(/<script|src=|https?:\/\//);
  });
});
