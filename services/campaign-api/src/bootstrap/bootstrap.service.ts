import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { hashToken } from '@postrider/auth';
import { Scope } from '@postrider/contracts';
import { CLOCK, Logger, type Clock } from '@postrider/runtime';
import { ApiKeyRow } from '../access/api-key.entity.js';
import { configurationOfKey } from '../access/key-configuration.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { foundSandbox } from '../sandboxes/found-sandbox.js';

/** What an installation begins with: the first organization's first sandbox and a key with every scope. */
export interface FirstTenant {
  orgId: string;
  sandbox: string;
  defaultRegion: string;
  apiKey: string;
  token: string;
}

export const FIRST_TENANT = Symbol('FirstTenant');

/**
 * Makes what an operator's settings name, before the first call is taken. Repeating it changes nothing; a new token
 * replaces the old one; a key that an administrator revoked stays revoked.
 */
@Injectable()
export class BootstrapService implements OnModuleInit {
  constructor(
    @Inject(FIRST_TENANT) private readonly tenant: FirstTenant | undefined,
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.tenant) await this.establish(this.tenant);
  }

  async establish(tenant: FirstTenant): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const { orgId, sandbox: name, defaultRegion } = tenant;
      const founded = await foundSandbox(manager, { orgId, name, defaultRegion }, this.clock.now());
      await this.establishKey(manager, tenant);
      if (founded) this.logger.info('bootstrap.sandbox-founded', { sandbox: founded.tenantId });
    });
  }

  private async establishKey(manager: EntityManager, { orgId, sandbox, apiKey, token }: FirstTenant): Promise<void> {
    const present = await manager.findOne(ApiKeyRow, { where: { id: apiKey }, lock: { mode: 'pessimistic_write' } });
    if (present?.revokedAt) return this.logger.warn('bootstrap.key-is-revoked', {});
    if (present && present.orgId !== orgId) return this.logger.warn('bootstrap.key-belongs-to-another-organization', {});
    const made = { name: 'bootstrap', sandboxes: [], ratePerSecond: null, createdAt: this.clock.now(), ...present };
    const sandboxes = [...new Set([...made.sandboxes, sandbox])];
    const row: ApiKeyRow = { ...made, id: apiKey, orgId, sandboxes, scopes: [...Scope.options], tokenHash: hashToken(token), revokedAt: null };
    await manager.save(ApiKeyRow, row);
    await putIntoOutbox(manager, [configurationOfKey(row)]);
  }
}
