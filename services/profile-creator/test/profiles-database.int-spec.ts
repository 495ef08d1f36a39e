import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sql, compareEntities, openDataSource, sqlStateOf } from '@postrider/database';
import { kindOf } from '@postrider/runtime';
import { freshDatabase, type FreshDatabase } from '@postrider/testing';
import type { DataSource } from 'typeorm';
import { applyUpserts } from '../src/administration/apply-upserts.js';
import type { ProfileUpsert } from '../src/administration/parse-profile.js';
import { deleteProfile, readProfile, readProfileOf } from '../src/administration/read-profiles.js';
import { entities, migrations, schema } from '../src/data-source.js';
import { createProfiles, findProfiles } from '../src/profiles/known-profiles.js';
import type { StoredIdentity } from '../src/profiles/identity-key.js';
import { TENANT, anEmail } from './builders.js';

const INSUFFICIENT_PRIVILEGE = '42501';

let database: FreshDatabase;
let dataSource: DataSource;
let sql: Sql;
const opened: DataSource[] = [];

async function open(role: string): Promise<DataSource> {
  const options = { schema, entities, migrations, poolSize: 8, statementTimeoutMs: 10_000, applicationName: 'spec' };
  const source = await openDataSource({ ...options, url: database.urlFor(role) });
  opened.push(source);
  return source;
}

const identityOf = (value: string, namespace = 'email', tenantId = TENANT): StoredIdentity => ({ tenantId, namespace, value });
const anUpsert = (identities: ProfileUpsert['identities'], rest: Partial<ProfileUpsert> = {}): ProfileUpsert => ({ identities, attributes: {}, consents: {}, ...rest });
const email = (value: string) => ({ namespace: 'email', value });
const upsert = (...upserts: ProfileUpsert[]) => applyUpserts(sql, TENANT, upserts, (_, outcomes) => Promise.resolve(outcomes));

async function profileCountOf(identities: readonly StoredIdentity[]): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'SELECT count(DISTINCT p.id)::int AS count FROM profiles p JOIN identities i ON i.profile_id = p.id WHERE i.value = ANY($1)',
    [identities.map(({ value }) => value)],
  );
  return row?.count ?? 0;
}

beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await open('profiles');
  sql = Sql.of(dataSource);
});

afterAll(async () => {
  for (const source of opened) await source.destroy();
  await database.drop();
});

describe('the schema profiles', () => {
  it('is what its entities say', async () => {
    expect(await compareEntities(dataSource)).toEqual([]);
  });

  it.each(['ingest', 'campaigns'])('shows known identities, and nothing else, to %s', async (reader) => {
    const identity = identityOf(anEmail());
    await createProfiles(sql, [identity], 'spec');
    const readerSql = Sql.of(await open(reader));

    const known = await readerSql.query('SELECT tenant_id, namespace, value FROM profiles.known_identity WHERE value = $1', [identity.value]);
    const refused = await readerSql.query('SELECT 1 FROM profiles.identities').catch(sqlStateOf);

    expect(known).toEqual([{ tenant_id: TENANT, namespace: 'email', value: identity.value }]);
    expect(refused).toBe(INSUFFICIENT_PRIVILEGE);
  });
});

describe(findProfiles.name, () => {
  it('answers in the order asked, undefined where nobody has the identity', async () => {
    const [one, other, missing] = [identityOf(anEmail()), identityOf(anEmail()), identityOf(anEmail())] as const;
    const ids = await createProfiles(sql, [one, other], 'spec');

    const found = await findProfiles(sql, [other, missing, one, other]);

    expect(found.map((profile) => profile?.profileId)).toEqual([ids[1], undefined, ids[0], ids[1]]);
    expect(found[0]).toEqual({ profileId: ids[1], attributes: {}, consents: {}, email: other.value });
  });

  it('tells an e-mail identity of whoever is named in another namespace', async () => {
    const address = anEmail();
    const loyalty = { namespace: 'loyalty', value: anEmail() };
    await upsert(anUpsert([loyalty, email(address), email(`z${address}`)], { attributes: { firstName: 'Ada' }, consents: { email: 'n' } }));

    const [found] = await findProfiles(sql, [identityOf(loyalty.value, 'loyalty')]);

    expect(found).toMatchObject({ email: [address, `z${address}`].sort()[0], attributes: { firstName: 'Ada' }, consents: { email: 'n' } });
  });

  it('never finds the profile of another tenant', async () => {
    const identity = identityOf(anEmail());
    await createProfiles(sql, [identity], 'spec');

    expect(await findProfiles(sql, [{ ...identity, tenantId: 'acme/dev' }])).toEqual([undefined]);
  });
});

describe(createProfiles.name, () => {
  it('creates what is missing and leaves what exists as it is', async () => {
    const [existing, missing] = [identityOf(anEmail()), identityOf(anEmail())] as const;
    await createProfiles(sql, [existing], 'first');

    const ids = await createProfiles(sql, [existing, missing], 'second');

    expect(ids).toEqual([undefined, expect.any(String)]);
    expect(await readProfileOf(sql, existing)).toMatchObject({ dataset: 'first' });
    expect(await readProfileOf(sql, missing)).toMatchObject({ dataset: 'second', identities: [email(missing.value)], attributes: {}, consents: {} });
  });

  it('gives one profile to each identity that many create at once, in any order', async () => {
    const identities = Array.from({ length: 60 }, () => identityOf(anEmail()));
    const creators = Array.from({ length: 8 }, (_, turn) => [...identities.slice(turn * 7), ...identities.slice(0, turn * 7)]);

    const created = await Promise.all(creators.map((mine) => createProfiles(sql, mine, 'spec')));

    expect(created.flat().filter((id) => id !== undefined)).toHaveLength(identities.length);
    expect(await profileCountOf(identities)).toBe(identities.length);
  });
});

describe(applyUpserts.name, () => {
  it('merges one level deep, removes what is null, and keeps the rest', async () => {
    const address = anEmail();
    await upsert(anUpsert([email(address)], { attributes: { a: 1, b: { x: 1, y: null }, c: 3, never: null }, consents: { email: 'y', sms: 'y' } }));
    const before = await readProfileOf(sql, identityOf(address));

    const [outcome] = await upsert(anUpsert([email(address)], { attributes: { b: { z: 2 }, c: null, d: 4 }, consents: { email: 'n' } }));

    const after = await readProfileOf(sql, identityOf(address));
    expect(before?.attributes).toEqual({ a: 1, b: { x: 1, y: null }, c: 3 });
    expect(outcome).toEqual({ result: 'updated', profileId: before?.id });
    expect(after).toMatchObject({ attributes: { a: 1, b: { z: 2 }, d: 4 }, consents: { email: 'n', sms: 'y' }, createdAt: before?.createdAt });
  });

  it('loses no attribute and no identity when many change one profile at once', async () => {
    const address = anEmail();
    const turns = Array.from({ length: 12 }, (_, turn) => turn);

    const outcomes = await Promise.all(
      turns.map((turn) => upsert(anUpsert([email(address), { namespace: 'loyalty', value: `${address}${turn}` }], { attributes: { [`a${turn}`]: turn } }))),
    );

    const profile = await readProfileOf(sql, identityOf(address));
    expect(outcomes.flat().filter((one) => one.result === 'created')).toHaveLength(1);
    expect(profile?.attributes).toEqual(Object.fromEntries(turns.map((turn) => [`a${turn}`, turn])));
    expect(profile?.identities).toHaveLength(turns.length + 1);
  });

  it('agrees with executions that create the same people at the same time', async () => {
    const identities = Array.from({ length: 40 }, () => identityOf(anEmail()));

    await Promise.all([
      upsert(...identities.map(({ value }) => anUpsert([email(value)], { attributes: { known: true } }))),
      createProfiles(sql, [...identities].reverse(), 'spec'),
      upsert(...[...identities].reverse().map(({ value }) => anUpsert([email(value)], { attributes: { again: true } }))),
    ]);

    const found = await findProfiles(sql, identities);
    expect(await profileCountOf(identities)).toBe(identities.length);
    expect(found.map((one) => one?.attributes)).toEqual(identities.map(() => ({ known: true, again: true })));
  });

  it('changes nothing for identities of two people, and names both', async () => {
    const [one, other] = [anEmail(), anEmail()];
    const [first, second] = await upsert(anUpsert([email(one)]), anUpsert([email(other)]));

    const [outcome] = await upsert(anUpsert([email(one), email(other), email(anEmail())], { attributes: { changed: true } }));

    const ids = [first, second].map((created) => (created && 'profileId' in created ? created.profileId : '')).sort();
    expect(outcome).toEqual({ result: 'conflict', profileIds: ids });
    expect((await readProfileOf(sql, identityOf(one)))?.attributes).toEqual({});
  });

  it('survives people being deleted while they are changed: applied, or to be tried again', async () => {
    const address = anEmail();
    const remove = async (): Promise<void> => {
      const profile = await readProfileOf(sql, identityOf(address));
      if (profile) await deleteProfile(sql, TENANT, profile.id);
    };

    const rounds = await Promise.allSettled(Array.from({ length: 20 }, () => [upsert(anUpsert([email(address)])), remove()]).flat());

    const errors = rounds.flatMap((round) => (round.status === 'rejected' ? [kindOf(round.reason)] : []));
    expect(errors.filter((kind) => kind !== 'transient')).toEqual([]);
    expect(await profileCountOf([identityOf(address)])).toBeLessThanOrEqual(1);
  });
});

describe(deleteProfile.name, () => {
  it('removes the identities too, and nothing of another tenant', async () => {
    const address = anEmail();
    await upsert(anUpsert([email(address)]));
    const id = (await readProfileOf(sql, identityOf(address)))?.id ?? '';

    const byAnother = await deleteProfile(sql, 'acme/dev', id);
    const byOwner = await deleteProfile(sql, TENANT, id);

    expect([byAnother, byOwner]).toEqual([false, true]);
    expect(await readProfile(sql, TENANT, id)).toBeUndefined();
    expect(await findProfiles(sql, [identityOf(address)])).toEqual([undefined]);
  });
});
