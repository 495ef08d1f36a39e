import { randomUUID } from 'node:crypto';
import type { Profile } from '@postrider/contracts';
import { Client } from 'pg';

export const TENANT = 'acme/prod';

export type StoredProfile = Profile & { tenantId: string };

/** Every call makes another person. */
export function aProfile(overrides: Partial<StoredProfile> = {}): StoredProfile {
  return {
    id: randomUUID(),
    tenantId: TENANT,
    dataset: 'spec',
    identities: [{ namespace: 'email', value: `${randomUUID()}@shop.test` }],
    attributes: {},
    consents: {},
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...overrides,
  };
}

/** Written as profile-creator would; here by a superuser. */
export async function store(adminUrl: string, profiles: readonly StoredProfile[]): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('INSERT INTO profiles.profiles SELECT * FROM jsonb_to_recordset($1) AS p(id uuid, tenant_id text, dataset text, attributes jsonb, consents jsonb, created_at timestamptz, updated_at timestamptz)', [
      JSON.stringify(profiles.map((one) => ({ ...one, tenant_id: one.tenantId, created_at: one.createdAt, updated_at: one.updatedAt }))),
    ]);
    await client.query('INSERT INTO profiles.identities SELECT * FROM jsonb_to_recordset($1) AS i(tenant_id text, namespace text, value text, profile_id uuid)', [
      JSON.stringify(profiles.flatMap((one) => one.identities.map((identity) => ({ ...identity, tenant_id: one.tenantId, profile_id: one.id })))),
    ]);
  } finally {
    await client.end();
  }
}
