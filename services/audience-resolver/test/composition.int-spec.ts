import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AudienceDefinition, Composition } from '@postrider/contracts';
import { compileComposition } from '../src/composition/compile-composition.js';
import { bucketOf } from '../src/members/bucket.js';
import { EvaluationRig, aComposition, aSegment, anAudience, where } from './evaluation-rig.js';
import { TENANT, aProfile, store, type StoredProfile } from './profiles.js';

jest.setTimeout(60_000);

let rig: EvaluationRig;
const profiles = Array.from({ length: 60 }, (_, index) => aProfile({
  attributes: { country: index % 2 ? 'SE' : 'DK', third: index % 3, ...(index > 0 && { score: index === 1 ? 'many' : index }), name: `n${index}` },
  createdAt: new Date(Date.UTC(2026, 0, 1 + index)).toISOString(),
}));
const everybody = aSegment({ combinator: 'and', rules: [] });
const swedes = aSegment(where('country', 'SE'));
const thirds = aSegment(where('third', 0));
const upload = anAudience({ source: 'upload' });

const leaf = ({ id }: AudienceDefinition): Composition => ({ op: 'audience', audienceId: id });
const having = (condition: (profile: StoredProfile, index: number) => boolean): string[] => profiles.filter(condition).map(({ id }) => id).sort();

/** The members' attributes, by profile. */
async function composed(composition: Composition): Promise<Map<string, Record<string, unknown>>> {
  const audience = aComposition(composition);
  await rig.define(audience);
  expect(await rig.evaluate(audience)).toMatchObject({ status: 'Completed', error: null });
  return rig.members(audience.id);
}

const idsOf = async (composition: Composition): Promise<string[]> => [...(await composed(composition)).keys()].sort();

/** As the uploads of this service leave it. */
async function storeUpload(members: readonly (readonly [string, object])[]): Promise<void> {
  const evaluationId = '0198f5a2-0000-7000-8000-00000000000a';
  await rig.admin.query(`INSERT INTO audiences.evaluations (evaluation_id, audience_id, tenant_id, status, size, completed_at, is_upload) VALUES ($1, $2, $3, 'Completed', $4, now(), true)`, [evaluationId, upload.id, TENANT, members.length]);
  await rig.admin.query(`INSERT INTO audiences.members SELECT $1, ${bucketOf('id')}, id, attributes FROM unnest($2::uuid[], $3::jsonb[]) u(id, attributes)`, [evaluationId, members.map(([id]) => id), members.map(([, attributes]) => JSON.stringify(attributes))]);
}

beforeAll(async () => {
  rig = await EvaluationRig.prepare();
  await store(rig.database.adminUrl, profiles);
  await storeUpload(profiles.slice(0, 4).map(({ id }, index) => [id, { coupon: `C${index}`, secret: 's' }]));
  await rig.define(everybody, swedes, thirds, upload);
  await rig.start();
});

afterAll(() => rig.drop());

describe(compileComposition.name, () => {
  it('evaluates parts that never were, and then takes their last evaluation', async () => {
    expect(await idsOf(leaf(swedes))).toEqual(having((_, index) => index % 2 === 1));

    await store(rig.database.adminUrl, [aProfile({ attributes: { country: 'SE' }, tenantId: TENANT, id: 'ffffffff-0000-4000-8000-000000000000' })]);

    expect(await idsOf(leaf(swedes))).toEqual(having((_, index) => index % 2 === 1));
    expect((await rig.history(swedes.id)).map(({ status }) => status)).toEqual(['Completed']);
    await rig.admin.query(`DELETE FROM profiles.profiles WHERE id = 'ffffffff-0000-4000-8000-000000000000'`);
  });

  it('unites, intersects and excludes', async () => {
    expect(await idsOf({ op: 'union', of: [leaf(swedes), leaf(thirds), leaf(swedes)] })).toEqual(having((_, index) => index % 2 === 1 || index % 3 === 0));
    expect(await idsOf({ op: 'intersect', of: [leaf(swedes), leaf(thirds)] })).toEqual(having((_, index) => index % 2 === 1 && index % 3 === 0));
    expect(await idsOf({ op: 'exclude', from: leaf(everybody), remove: [leaf(swedes), leaf(thirds)] })).toEqual(having((_, index) => index % 2 === 0 && index % 3 !== 0));
  });

  it('cuts shares that are disjoint, complete and the same every time, by the hash that is documented', async () => {
    const share = (from: number, to: number, seed = 'a'): Composition => ({ op: 'split', of: leaf(everybody), seed, from, to });
    const placeOf = (id: string): number => (createHash('sha256').update(`a:${id}`).digest().readUInt32BE(0) / 2 ** 32) * 100;

    const [first, second, third, again, otherSeed] = [await idsOf(share(0, 33.3)), await idsOf(share(33.3, 70)), await idsOf(share(70, 100)), await idsOf(share(0, 33.3)), await idsOf(share(0, 33.3, 'b'))];

    expect([...first, ...second, ...third].sort()).toEqual(having(() => true));
    expect(first).toEqual(having(({ id }) => placeOf(id) < 33.3));
    expect(again).toEqual(first);
    expect(otherSeed).not.toEqual(first);
    expect(await idsOf(share(50, 50))).toEqual([]);
  });

  it('ranks by an attribute or a time, numbers before text, and those without it last', async () => {
    const rank = (by: string, direction: 'asc' | 'desc', limit: number): Composition => ({ op: 'rank', of: leaf(everybody), by, direction, limit });

    expect(await idsOf(rank('attributes.score', 'desc', 3))).toEqual(having((_, index) => index >= 57));
    expect(await idsOf(rank('attributes.score', 'asc', 2))).toEqual(having((_, index) => index === 2 || index === 3));
    expect(await idsOf(rank('attributes.score', 'asc', 59))).toEqual(having((_, index) => index > 0));
    expect(await idsOf(rank('createdAt', 'asc', 5))).toEqual(having((_, index) => index < 5));
    expect(await idsOf(rank('attributes.nothing', 'desc', 7))).toEqual(having(() => true).slice(0, 7));
  });

  it('enriches by chosen columns of an upload and by fixed values, and keeps what parts bring along', async () => {
    const members = await composed({ op: 'enrich', of: leaf(thirds), with: { audienceId: upload.id, attributes: ['coupon'] }, set: { wave: 2 } });
    const united = await composed({ op: 'union', of: [leaf(upload), { op: 'enrich', of: leaf(everybody), set: { coupon: 'none', wave: 1 } }] });

    expect(members.get(profiles[0]!.id)).toEqual({ coupon: 'C0', wave: 2 });
    expect(members.get(profiles[6]!.id)).toEqual({ wave: 2 });
    expect(united.get(profiles[1]!.id)).toEqual({ coupon: 'C1', secret: 's', wave: 1 });
    expect(united.get(profiles[9]!.id)).toEqual({ coupon: 'none', wave: 1 });
    expect(united.size).toBe(60);
  });

  it('ranks an upload by its own column', async () => {
    expect(await idsOf({ op: 'rank', of: leaf(upload), by: 'attributes.coupon', direction: 'desc', limit: 1 })).toEqual([profiles[3]!.id]);
  });

  it('fails when a part fails, and says which', async () => {
    const broken = aSegment({ combinator: 'and', rules: [{ field: 'createdAt', operator: 'contains', value: 'x' }] }, { name: 'broken' });
    const nested = aComposition(leaf(swedes));
    const [byPart, byKind] = [aComposition(leaf(broken)), aComposition(leaf(nested))];
    await rig.define(broken, nested, byPart, byKind);

    const answers = await Promise.all([byPart, byKind].map(({ id }) => rig.call('POST', `/audiences/${id}/evaluate`)));

    expect(answers.map(({ status }) => status)).toEqual([422, 422]);
    expect(JSON.stringify(answers[1]?.body)).toContain('A composition cannot be a part of another one.');
  });
});
