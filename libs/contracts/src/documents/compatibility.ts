/**
 * The rule of `<topic>.v<n>`: within a version only optional fields may be added. Old readers then understand new
 * messages, new readers old ones, and services can be upgraded in any order.
 */
import type { JsonSchema } from './json-schema.js';

const ANNOTATIONS = new Set(['$schema', '$id', 'title', 'description', 'examples', '$comment']);
/** Compared part by part; every other keyword must stay as it is. */
const STRUCTURE = new Set(['properties', 'required', 'items', 'additionalProperties', 'propertyNames', 'anyOf', 'oneOf', 'allOf']);

/** What in `next` breaks readers or writers of `previous`: a sentence each, with a JSON Pointer; empty when nothing does. */
export function breakingChanges(previous: unknown, next: unknown, path = ''): string[] {
  if (!isSchema(previous) || !isSchema(next)) return same(previous, next) ? [] : [`${path || '/'} was changed`];
  return [
    ...changedKeywords(previous, next).map((keyword) => `${path || '/'} has another ${keyword}`),
    ...changedFields(previous, next, path),
    ...['items', 'additionalProperties', 'propertyNames'].flatMap((part) => breakingChanges(previous[part], next[part], `${path}/${part}`)),
    ...['anyOf', 'oneOf', 'allOf'].flatMap((part) => changedAlternatives(previous[part], next[part], `${path}/${part}`)),
  ];
}

function changedKeywords(previous: JsonSchema, next: JsonSchema): string[] {
  const keywords = new Set([...Object.keys(previous), ...Object.keys(next)]);
  return [...keywords].filter((keyword) => !ANNOTATIONS.has(keyword) && !STRUCTURE.has(keyword) && !same(previous[keyword], next[keyword]));
}

function changedFields(previous: JsonSchema, next: JsonSchema, path: string): string[] {
  const [before, after] = [fieldsOf(previous), fieldsOf(next)];
  const [neededBefore, neededAfter] = [requiredOf(previous), requiredOf(next)];
  const kept = Object.keys(before).filter((name) => name in after);
  return [
    ...Object.keys(before).filter((name) => !(name in after)).map((name) => `${path}/${name} was removed`),
    ...Object.keys(after).filter((name) => !(name in before) && neededAfter.has(name)).map((name) => `${path}/${name} was added and is required`),
    ...kept.filter((name) => !neededBefore.has(name) && neededAfter.has(name)).map((name) => `${path}/${name} became required`),
    ...kept.filter((name) => neededBefore.has(name) && !neededAfter.has(name)).map((name) => `${path}/${name} became optional`),
    ...kept.flatMap((name) => breakingChanges(before[name], after[name], `${path}/${name}`)),
  ];
}

function changedAlternatives(previous: unknown, next: unknown, path: string): string[] {
  if (!Array.isArray(previous) || !Array.isArray(next)) return same(previous, next) ? [] : [`${path} was changed`];
  if (previous.length !== next.length) return [`${path} has ${next.length} alternatives instead of ${previous.length}`];
  return previous.flatMap((alternative, index) => breakingChanges(alternative, next[index], `${path}/${index}`));
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsOf = (schema: JsonSchema): JsonSchema => (isSchema(schema['properties']) ? schema['properties'] : {});

const requiredOf = (schema: JsonSchema): ReadonlySet<string> => new Set(Array.isArray(schema['required']) ? (schema['required'] as string[]) : []);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
