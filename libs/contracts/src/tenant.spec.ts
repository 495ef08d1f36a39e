import { describe, expect, it } from '@jest/globals';
import { Tenant, tenantIdOf, tenantOf } from './index.js';

describe(tenantIdOf.name, () => {
  it('writes organization and sandbox as one', () => {
    expect(tenantIdOf({ orgId: 'acme@AdobeOrg', sandbox: 'prod' })).toBe('acme@AdobeOrg/prod');
  });

  it.each(['acme', 'acme/europe', 'a/b/c'])('is undone by tenantOf for the organization %s', (orgId) => {
    const tenant = { orgId, sandbox: 'prod' };

    expect(tenantOf(tenantIdOf(tenant))).toEqual(tenant);
  });

  it('keeps tenants apart', () => {
    expect(tenantIdOf({ orgId: 'acme', sandbox: 'prod' })).not.toBe(tenantIdOf({ orgId: 'acme', sandbox: 'dev' }));
  });
});

describe('Tenant', () => {
  it('has both levels', () => {
    expect(Tenant.safeParse({ orgId: 'acme', sandbox: '' }).success).toBe(false);
    expect(Tenant.safeParse({ sandbox: 'prod' }).success).toBe(false);
  });
});
