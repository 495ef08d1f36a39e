import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { breakingChanges } from './compatibility.js';

const before = z.object({
  id: z.string(),
  count: z.int().optional(),
  place: z.object({ city: z.string() }),
  tags: z.array(z.string()),
  by: z.record(z.string(), z.int()),
  state: z.enum(['on', 'off']),
  thing: z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b'), size: z.int() })]),
  note: z.string().nullable(),
});

const changes = (next: z.ZodType): string[] => breakingChanges(z.toJSONSchema(before, { io: 'input' }), z.toJSONSchema(next, { io: 'input' }));

describe(breakingChanges.name, () => {
  it('finds nothing in an unchanged schema, or in other descriptions', () => {
    expect(changes(before)).toEqual([]);
    expect(changes(before.describe('more words').extend({ id: z.string().describe('an id') }))).toEqual([]);
  });

  it('allows optional fields to be added, at any depth', () => {
    const next = before.extend({
      extra: z.string().optional(),
      defaulted: z.string().default('x'),
      place: z.object({ city: z.string(), country: z.string().optional() }),
    });

    expect(changes(next)).toEqual([]);
  });

  it.each<[string, z.ZodType, string]>([
    ['a removed field', before.omit({ id: true }), '/id was removed'],
    ['a removed optional field', before.omit({ count: true }), '/count was removed'],
    ['a removed nested field', before.extend({ place: z.object({}) }), '/place/city was removed'],
    ['a required new field', before.extend({ more: z.string() }), '/more was added and is required'],
    ['a required new nested field', before.extend({ place: z.object({ city: z.string(), zip: z.string() }) }), '/place/zip was added and is required'],
    ['a field that becomes required', before.extend({ count: z.int() }), '/count became required'],
    ['a field that becomes optional', before.extend({ id: z.string().optional() }), '/id became optional'],
    ['another type', before.extend({ id: z.int() }), '/id has another type'],
    ['another format', before.extend({ id: z.uuid() }), '/id has another format'],
    ['another bound', before.extend({ id: z.string().max(5) }), '/id has another maxLength'],
    ['another type of the items', before.extend({ tags: z.array(z.int()) }), '/tags/items has another type'],
    ['another type of a map\'s values', before.extend({ by: z.record(z.string(), z.string()) }), '/by/additionalProperties has another type'],
    ['a word less', before.extend({ state: z.enum(['on']) }), '/state has another enum'],
    ['a word more', before.extend({ state: z.enum(['on', 'off', 'broken']) }), '/state has another enum'],
    ['an alternative less', before.extend({ thing: z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]) }), '/thing/oneOf has 1 alternatives instead of 2'],
    ['null no longer allowed', before.extend({ note: z.string() }), '/note has another type'],
  ])('names %s', (_case, next, expected) => {
    expect(changes(next)).toContainEqual(expected);
  });
});
