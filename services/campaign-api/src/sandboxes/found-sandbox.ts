import { randomUUIDv7 } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { tenantIdOf } from '@postrider/contracts';
import { standardNamespaces } from '../namespaces/standard-namespaces.js';
import { NamespaceRow } from '../namespaces/namespace.entity.js';
import { configurationOfNamespace } from '../namespaces/namespace-configuration.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { lockOrganization } from './organization-store.js';
import { configurationOfSandbox } from './sandbox-configuration.js';
import { SandboxRow } from './sandbox.entity.js';

export interface NewSandbox {
  orgId: string;
  name: string;
  defaultRegion: string;
}

/** Makes a sandbox with its standard namespaces; undefined when there is one of this name. */
export async function foundSandbox(manager: EntityManager, sandbox: NewSandbox, now: Date): Promise<SandboxRow | undefined> {
  const tenantId = tenantIdOf({ orgId: sandbox.orgId, sandbox: sandbox.name });
  const row = manager.create(SandboxRow, { ...sandbox, id: randomUUIDv7(), tenantId, createdAt: now });
  const inserted = await manager.createQueryBuilder().insert().into(SandboxRow).values(row).orIgnore().returning('id').execute();
  if ((inserted.raw as unknown[]).length === 0) return undefined;
  const { shields } = await lockOrganization(manager, sandbox.orgId, 'read');
  const namespaces = standardNamespaces(tenantId, now);
  await manager.insert(NamespaceRow, namespaces);
  await putIntoOutbox(manager, [configurationOfSandbox(row, shields), ...namespaces.map(configurationOfNamespace)]);
  return row;
}
