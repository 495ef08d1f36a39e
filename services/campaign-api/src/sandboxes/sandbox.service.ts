import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import type { Principal } from '@postrider/auth';
import type { Page, PageQuery, Sandbox, SandboxInput } from '@postrider/contracts';
import { InjectRepository } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { ApiKeyRow } from '../access/api-key.entity.js';
import { configurationOfKey } from '../access/key-configuration.js';
import { decodeCursor, pageFrom } from '../edge/cursor.js';
import { Conflict } from '../edge/edge.errors.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { foundSandbox } from './found-sandbox.js';
import { SandboxRow } from './sandbox.entity.js';

@Injectable()
export class SandboxService {
  constructor(
    private readonly dataSource: DataSource,
    @InjectRepository(SandboxRow) private readonly sandboxes: Repository<SandboxRow>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Conflict when the organization has one of this name */
  async create(principal: Principal, input: SandboxInput): Promise<Sandbox> {
    return this.dataSource.transaction(async (manager) => {
      const row = await foundSandbox(manager, { ...input, orgId: principal.orgId }, this.clock.now());
      if (!row) throw new Conflict('The organization has a sandbox of this name.');
      const key = await manager.findOneOrFail(ApiKeyRow, { where: { id: principal.keyId }, lock: { mode: 'pessimistic_write' } });
      key.sandboxes = [...new Set([...key.sandboxes, row.name])];
      await manager.update(ApiKeyRow, { id: key.id }, { sandboxes: key.sandboxes });
      if (!key.revokedAt) await putIntoOutbox(manager, [configurationOfKey(key)]);
      return sandboxOf(row);
    });
  }

  async list(principal: Principal, { limit, cursor }: PageQuery): Promise<Page<Sandbox>> {
    const after = decodeCursor(cursor, [/^[a-z0-9-]{1,63}$/]);
    const query = this.sandboxes.createQueryBuilder('s')
      .where('s.orgId = :orgId', { orgId: principal.orgId })
      .andWhere((sub) => `s.name = ANY(${sub.subQuery().select('k.sandboxes').from(ApiKeyRow, 'k').where('k.id = :keyId').getQuery()}::text[])`)
      .setParameter('keyId', principal.keyId)
      .orderBy('s.name').limit(limit + 1);
    if (after) query.andWhere('s.name > :name', { name: after[0] });
    return pageFrom(await query.getMany(), limit, sandboxOf, (row) => [row.name]);
  }
}

const sandboxOf = (row: SandboxRow): Sandbox => ({
  id: row.id, orgId: row.orgId, name: row.name, defaultRegion: row.defaultRegion, createdAt: row.createdAt.toISOString(),
});
