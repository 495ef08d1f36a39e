import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ProfileUpsert } from './parse-profile.js';
import { ownerKeyOf, planUpserts, type UpsertOutcome } from './plan-upserts.js';

const identity = (value: string) => ({ namespace: 'email', value });
const anUpsert = (values: string[], overrides: Partial<ProfileUpsert> = {}): ProfileUpsert => ({
  identities: values.map(identity),
  attributes: {},
  consents: {},
  ...overrides,
});

interface Person {
  attributes: object;
  consents: object;
}

/** Applies one after the other, each with a plan of its own: what the plan of all has to come to. */
function oneByOne(upserts: readonly ProfileUpsert[]) {
  const owners = new Map<string, string>();
  const people = new Map<string, Person>();
  const outcomes: UpsertOutcome[] = [];
  for (const upsert of upserts) {
    const plan = planUpserts([upsert], owners);
    outcomes.push(...plan.outcomes);
    for (const { namespace, value, profileId } of plan.identities) owners.set(ownerKeyOf({ namespace, value }), profileId);
    for (const { id, attributes, consents } of plan.profiles) {
      const before = people.get(id);
      people.set(id, { attributes: { ...before?.attributes, ...attributes }, consents: { ...before?.consents, ...consents } });
    }
  }
  return { owners, people, outcomes };
}

describe(planUpserts.name, () => {
  it('creates a profile for identities that nobody has', () => {
    const plan = planUpserts([anUpsert(['a', 'b'], { attributes: { n: 1 } })], new Map());

    const [profile] = plan.profiles;
    expect(plan.profiles).toEqual([expect.objectContaining({ isNew: true, attributes: { n: 1 } })]);
    expect(plan.identities).toEqual(['a', 'b'].map((value) => ({ ...identity(value), profileId: profile?.id })));
    expect(plan.outcomes).toEqual([{ result: 'created', profileId: profile?.id }]);
  });

  it('gives the identities that are new to the profile that has one of the others', () => {
    const plan = planUpserts([anUpsert(['a', 'b'])], new Map([[ownerKeyOf(identity('a')), 'p1']]));

    expect(plan.identities).toEqual([{ ...identity('b'), profileId: 'p1' }]);
    expect(plan.outcomes).toEqual([{ result: 'updated', profileId: 'p1' }]);
  });

  it('changes nothing where identities belong to different people, and names both', () => {
    const owners = new Map([
      [ownerKeyOf(identity('a')), 'p2'],
      [ownerKeyOf(identity('b')), 'p1'],
    ]);

    const plan = planUpserts([anUpsert(['a', 'b', 'c'])], owners);

    expect(plan).toEqual({ profiles: [], identities: [], outcomes: [{ result: 'conflict', profileIds: ['p1', 'p2'] }] });
  });

  it('comes to the same as one upsert after the other', () => {
    const upserts = fc.array(
      fc.record({
        identities: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 3 }),
        attributes: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom(1, 2, null)),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(upserts, (given) => {
        const list = given.map(({ identities, attributes }) => anUpsert(identities, { attributes }));

        const expected = oneByOne(list);
        const plan = planUpserts(list, new Map());

        const owned = (pairs: Iterable<[string, string]>) => groupsOf(pairs);
        expect(plan.outcomes.map((one) => one.result)).toEqual(expected.outcomes.map((one) => one.result));
        expect(owned(plan.identities.map((one) => [ownerKeyOf(one), one.profileId]))).toEqual(owned(expected.owners));
        expect(plan.profiles.map((one) => one.attributes)).toEqual([...expected.people.values()].map((one) => one.attributes));
      }),
    );
  });
});

/** Which keys belong together, whatever the ids are. */
function groupsOf(pairs: Iterable<[string, string]>): string[] {
  const groups = new Map<string, string[]>();
  for (const [key, id] of pairs) groups.set(id, [...(groups.get(id) ?? []), key]);
  return [...groups.values()].map((keys) => keys.sort().join()).sort();
}
