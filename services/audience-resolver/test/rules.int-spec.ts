import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RuleGroup } from '@postrider/contracts';
import { Sql, openDataSource } from '@postrider/database';
import { freshDatabase, type FreshDatabase } from '@postrider/testing';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { entities, migrations, schema } from '../src/data-source.js';
import { compileRules } from '../src/rules/compile-rules.js';
import { matchesRules } from '../src/rules/matches-rules.js';
import { Parameters } from '../src/rules/parameters.js';
import { readRules } from '../src/rules/read-rules.js';
import { generatedProfiles, ruleGroups } from './generated-rules.js';
import { TENANT, store, type StoredProfile } from './profiles.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const PROFILES = 400;
const RUNS = 500;

let database: FreshDatabase;
let dataSource: DataSource;
let sql: Sql;
let profiles: StoredProfile[];

jest.setTimeout(120_000);

/** An identity that the generator gave to several belongs to the first. */
function generateProfiles(): StoredProfile[] {
  const taken = new Set<string>();
  return fc.sample(generatedProfiles, { numRuns: PROFILES, seed: 4_711 }).map((profile, index) => {
    const tenantId = index % 10 === 0 ? 'other/prod' : TENANT;
    const identities = profile.identities.map((identity, at) => (at === 0 ? { ...identity, value: `${identity.value}${index % 3 === 0 ? index : ''}` } : identity));
    const own = identities.filter(({ namespace, value }) => {
      const key = `${tenantId} ${namespace} ${value}`;
      return !taken.has(key) && taken.add(key);
    });
    return { ...profile, id: randomUUID(), tenantId, identities: own };
  });
}

async function foundBySql(group: RuleGroup): Promise<string[]> {
  const parameters = new Parameters();
  const tenant = parameters.add(TENANT, 'text');
  const condition = compileRules(readRules(group, NOW), { parameters, tenant });
  const rows = await sql.query<{ id: string }>(`SELECT p.profile_id AS id FROM profiles.audience_profile p WHERE p.tenant_id = ${tenant} AND ${condition}`, parameters.values);
  return rows.map((row) => row.id).sort();
}

function foundInMemory(group: RuleGroup): string[] {
  const read = readRules(group, NOW);
  return profiles.filter((profile) => profile.tenantId === TENANT && matchesRules(read, profile)).map((profile) => profile.id).sort();
}

beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await openDataSource({ schema, entities, migrations, url: database.urlFor('audiences'), poolSize: 4, statementTimeoutMs: 10_000, applicationName: 'spec' });
  sql = Sql.of(dataSource);
  profiles = generateProfiles();
  await store(database.adminUrl, profiles);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe(compileRules.name, () => {
  it('finds in the database whom the rules match in memory, whatever rules and profiles there are', async () => {
    let found = 0;

    await fc.assert(
      fc.asyncProperty(ruleGroups, async (group) => {
        const ids = await foundBySql(group);

        if (ids.length > 0 && ids.length < profiles.length * 0.9) found += 1;
        expect(ids).toEqual(foundInMemory(group));
      }),
      { numRuns: RUNS },
    );

    expect(found).toBeGreaterThan(RUNS / 10);
  });

  it.each<RuleGroup>([
    { combinator: 'and', rules: [] },
    { combinator: 'or', rules: [] },
    { combinator: 'and', not: true, rules: [] },
    { combinator: 'and', rules: [{ field: 'attributes.a', operator: 'in', value: [] }] },
    { combinator: 'and', rules: [{ field: 'attributes.a.0', operator: 'notNull' }] },
    { combinator: 'and', rules: [{ field: 'attributes.a', operator: '<', value: Number.MAX_VALUE }] },
    { combinator: 'and', rules: [{ field: 'createdAt', operator: 'inLast', value: { amount: 100_000, unit: 'years' } }] },
    { combinator: 'and', rules: [{ field: "attributes.'||(SELECT'1')||'", operator: '=', value: "' OR true --" }] },
    { combinator: 'or', rules: [{ field: 'identities.email', operator: '!=', value: 'a' }, { field: 'identities.crm', operator: 'notExists' }] },
  ])('agrees on %j', async (group) => {
    expect(await foundBySql(group)).toEqual(foundInMemory(group));
  });

  it('uses the index of attributes for = and in, and the key of identities', async () => {
    const plans = await Promise.all(
      ([
        { field: 'attributes.country', operator: '=', value: 'SE' },
        { field: 'attributes.country.code', operator: 'in', value: ['SE', 'NO'] },
        { field: 'identities.email', operator: '=', value: 'ada@shop.test' },
      ] as const).map(async (rule) => {
        const parameters = new Parameters();
        const tenant = parameters.add(TENANT, 'text');
        const condition = compileRules(readRules({ combinator: 'and', rules: [{ ...rule, value: rule.value as string }] }, NOW), { parameters, tenant });
        return sql.transaction(async (inside) => {
          await inside.query('SET LOCAL enable_seqscan = off');
          return JSON.stringify(await inside.query(`EXPLAIN SELECT FROM profiles.audience_profile p WHERE ${condition} AND ${tenant} <> ''`, parameters.values));
        });
      }),
    );

    expect(plans[0]).toContain('profiles_attributes');
    expect(plans[1]).toContain('profiles_attributes');
    expect(plans[2]).toContain('identities_pkey');
  });
});
