import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ForbiddenSandbox, type Principal } from '@postrider/auth';
import { Shield, type Organization, type OrganizationPatch } from '@postrider/contracts';
import { ApiKeyRow } from '../access/api-key.entity.js';
import { Answered } from '../edge/answered.js';
import { requireRevision } from '../edge/edge.errors.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { OrganizationRow } from './organization.entity.js';
import { lockOrganization, organizationOf } from './organization-store.js';
import { configurationOfSandbox } from './sandbox-configuration.js';
import { SandboxRow } from './sandbox.entity.js';

@Injectable()
export class OrganizationService {
  constructor(private readonly dataSource: DataSource) {}

  async get(orgId: string): Promise<Answered> {
    return answerOf(await organizationOf(this.dataSource.manager, orgId));
  }

  /**
   * In one transaction with the publication for every sandbox.
   * @throws ForbiddenSandbox unless the key is good for all sandboxes: what one sandbox's key does may not reach the others
   */
  async edit(principal: Principal, patch: OrganizationPatch, revision: number | undefined): Promise<Answered> {
    return this.dataSource.transaction(async (manager) => {
      const row = await lockOrganization(manager, principal.orgId, 'write');
      const sandboxes = await manager.find(SandboxRow, { where: { orgId: row.orgId }, order: { name: 'ASC' } });
      await requireReach(manager, principal, sandboxes);
      requireRevision(revision, row.revision);
      const given = patch.shields ?? row.shields;
      const edited: OrganizationRow = { ...row, shields: Shield.options.filter((shield) => given.includes(shield)), revision: row.revision + 1 };
      await manager.update(OrganizationRow, { orgId: row.orgId }, edited);
      await putIntoOutbox(manager, sandboxes.map((sandbox) => configurationOfSandbox(sandbox, edited.shields)));
      return answerOf(edited);
    });
  }
}

async function requireReach(manager: EntityManager, principal: Principal, sandboxes: readonly SandboxRow[]): Promise<void> {
  const key = await manager.findOneBy(ApiKeyRow, { id: principal.keyId });
  if (!sandboxes.every(({ name }) => key?.sandboxes.includes(name))) throw new ForbiddenSandbox();
}

function answerOf({ orgId, shields, revision }: OrganizationRow): Answered {
  const organization: Organization = { orgId, shields };
  return new Answered(organization, { revision });
}
