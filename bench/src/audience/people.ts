/**
 * A population, written by SQL as the superuser of the stack: what is measured is not how profiles come in.
 * Guarantee: afterwards the data set has exactly so many profiles, each with one identity; one that has is left as it is.
 */
import { tenantIdOf } from '@postrider/contracts';
import { Client } from 'pg';
import type { Stack } from '../stack.js';

/** The name of the data set: what the bench loaded, and nothing else, is in it. */
export const DATASET = 'Bench population';
export const addressOf = (i: number): string => `person${i}@audience.test`;
/** Of people who are in nobody's data set. */
export const newcomerOf = (i: number): string => `newcomer${i}@audience.test`;

const CHUNK = 100_000;
const COUNTRIES = 10;

/** One tenth of the people. */
export const ONE_COUNTRY = { combinator: 'and' as const, rules: [{ field: 'attributes.benchCountry', operator: '=' as const, value: 'C3' }] };
/** All of them. */
export const EVERYBODY = { combinator: 'and' as const, rules: [{ field: 'dataset', operator: '=' as const, value: DATASET }] };

const ID = `md5('postrider-bench-' || i)::uuid`;
const INSERT_PROFILES = `
  INSERT INTO profiles.profiles (id, tenant_id, dataset, attributes, consents, created_at, updated_at)
  SELECT ${ID}, $1, $2, jsonb_build_object('firstName', 'First' || i, 'lastName', 'Last' || i, 'benchCountry', 'C' || i % ${COUNTRIES}), '{"email": "y"}', now(), now()
  FROM generate_series($3::int, $4::int - 1) AS i ON CONFLICT DO NOTHING`;
const INSERT_IDENTITIES = `
  INSERT INTO profiles.identities (tenant_id, namespace, value, profile_id)
  SELECT $1, 'email', 'person' || i || '@audience.test', ${ID} FROM generate_series($2::int, $3::int - 1) AS i ON CONFLICT DO NOTHING`;
const REMOVE_NEWCOMERS = `
  WITH gone AS (DELETE FROM profiles.identities WHERE tenant_id = $1 AND value LIKE 'newcomer%@audience.test' RETURNING profile_id)
  DELETE FROM profiles.profiles WHERE tenant_id = $1 AND id IN (SELECT profile_id FROM gone)`;

export interface Population {
  /** Seconds that it took; 0 where it was there. */
  seconds: number;
  loaded: number;
}

export async function loadPeople(stack: Stack, count: number): Promise<Population> {
  return withSuperuser(stack, async (client) => {
    const tenant = tenantIdOf(stack);
    const startedAt = performance.now();
    const there = await countPeople(client, tenant);
    if (there === count) return { seconds: 0, loaded: 0 };
    await remove(client, tenant);
    for (let from = 0; from < count; from += CHUNK) {
      const to = Math.min(count, from + CHUNK);
      await client.query(INSERT_PROFILES, [tenant, DATASET, from, to]);
      await client.query(INSERT_IDENTITIES, [tenant, from, to]);
    }
    await vacuum(client);
    return { seconds: (performance.now() - startedAt) / 1_000, loaded: count };
  });
}

export async function removePeople(stack: Stack): Promise<void> {
  await withSuperuser(stack, (client) => remove(client, tenantIdOf(stack)));
}

/** Those that an upload made, so that they are unknown the next time. Answers how many. */
export async function removeNewcomers(stack: Stack): Promise<number> {
  return withSuperuser(stack, async (client) => {
    const { rowCount } = await client.query(REMOVE_NEWCOMERS, [tenantIdOf(stack)]);
    if (rowCount) await vacuum(client);
    return rowCount ?? 0;
  });
}

async function countPeople(client: Client, tenant: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM profiles.profiles WHERE tenant_id = $1 AND dataset = $2', [tenant, DATASET]);
  return Number(rows[0]?.count);
}

async function remove(client: Client, tenant: string): Promise<void> {
  await client.query(`DELETE FROM profiles.identities WHERE tenant_id = $1 AND value LIKE 'person%@audience.test'`, [tenant]);
  await client.query('DELETE FROM profiles.profiles WHERE tenant_id = $1 AND dataset = $2', [tenant, DATASET]);
}

async function vacuum(client: Client): Promise<void> {
  await client.query('VACUUM ANALYZE profiles.profiles');
  await client.query('VACUUM ANALYZE profiles.identities');
}

async function withSuperuser<T>({ postgresUrl }: Stack, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    // No foreign keys to check row by row, and no wait for the disk: these rows are nobody's.
    await client.query('SET session_replication_role = replica');
    await client.query('SET synchronous_commit = off');
    return await work(client);
  } finally {
    await client.end();
  }
}
