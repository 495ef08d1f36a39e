import { z } from 'zod';

/** Organization and sandbox, together the tenant that owns every row, key and message. */
export const Tenant = z.object({ orgId: z.string().min(1), sandbox: z.string().min(1) });
export type Tenant = z.infer<typeof Tenant>;

/** `<organization>/<sandbox>`: the one form in which a tenant is stored, keyed and compared. */
export function tenantIdOf(tenant: Tenant): string {
  return `${tenant.orgId}/${tenant.sandbox}`;
}

/** The inverse of {@link tenantIdOf}; sandbox names hold no slash. */
export function tenantOf(tenantId: string): Tenant {
  const slash = tenantId.lastIndexOf('/');
  return { orgId: tenantId.slice(0, slash), sandbox: tenantId.slice(slash + 1) };
}
