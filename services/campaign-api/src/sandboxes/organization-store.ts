import type { EntityManager } from 'typeorm';
import type { Shield } from '@postrider/contracts';
import { OrganizationRow } from './organization.entity.js';

const FIRST_REVISION = 1;

/** An organization of which nothing is stored has no shields. */
export async function organizationOf(manager: EntityManager, orgId: string): Promise<OrganizationRow> {
  return (await manager.findOneBy(OrganizationRow, { orgId })) ?? { orgId, shields: [], revision: FIRST_REVISION };
}

/**
 * The same, held until the transaction ends: `read` against edits, `write` against readers as well. Whoever founds a
 * sandbox holds it too, so that none is left out when the shields change.
 */
export async function lockOrganization(manager: EntityManager, orgId: string, mode: 'read' | 'write'): Promise<OrganizationRow> {
  await manager.createQueryBuilder().insert().into(OrganizationRow).values({ orgId, shields: [], revision: FIRST_REVISION }).orIgnore().execute();
  return manager.findOneOrFail(OrganizationRow, { where: { orgId }, lock: { mode: `pessimistic_${mode}` } });
}

/** The shields over a tenant, by its sandbox. */
export async function shieldsOf(manager: EntityManager, tenantId: string): Promise<readonly Shield[]> {
  const rows: { shields: Shield[] }[] = await manager.query(
    'SELECT o.shields FROM organizations o JOIN sandboxes s ON s.org_id = o.org_id WHERE s.tenant_id = $1',
    [tenantId],
  );
  return rows[0]?.shields ?? [];
}
