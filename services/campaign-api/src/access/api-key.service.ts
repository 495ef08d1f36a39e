import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, type Repository } from 'typeorm';
import { ForbiddenSandbox, newApiKey, type Principal } from '@postrider/auth';
import type { ApiKeyInfo, ApiKeyInput, CreatedApiKey, Page, PageQuery } from '@postrider/contracts';
import { InjectRepository } from '@postrider/database';
import { CLOCK, type Clock } from '@postrider/runtime';
import { decodeCursor, pageFrom } from '../edge/cursor.js';
import { NotFound } from '../edge/edge.errors.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { ApiKeyRow } from './api-key.entity.js';
import { configurationOfKey } from './key-configuration.js';

const POSITION = [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, /^[\x21-\x7e]{1,128}$/];

/**
 * A key manages the keys that reach no further than itself: those all of whose sandboxes it may use. Others of the
 * organization look like ones that do not exist.
 */
@Injectable()
export class ApiKeyService {
  constructor(
    private readonly dataSource: DataSource,
    @InjectRepository(ApiKeyRow) private readonly keys: Repository<ApiKeyRow>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws ForbiddenSandbox for a sandbox that the caller's own key may not use */
  async create(principal: Principal, input: ApiKeyInput): Promise<CreatedApiKey> {
    const reach = await this.reachOf(principal);
    if (!input.sandboxes.every((sandbox) => reach.includes(sandbox))) throw new ForbiddenSandbox();
    const { apiKey, token, tokenHash } = newApiKey();
    const row = this.keys.create({ ...input, id: apiKey, orgId: principal.orgId, tokenHash, createdAt: this.clock.now(), revokedAt: null });
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(ApiKeyRow, row);
      await putIntoOutbox(manager, [configurationOfKey(row)]);
    });
    return { ...infoOf(row), token };
  }

  async list(principal: Principal, { limit, cursor }: PageQuery): Promise<Page<ApiKeyInfo>> {
    const after = decodeCursor(cursor, POSITION);
    const query = this.keys.createQueryBuilder('k')
      .where('k.orgId = :orgId AND k.sandboxes <@ :reach', { orgId: principal.orgId, reach: await this.reachOf(principal) })
      .orderBy('k.createdAt', 'DESC').addOrderBy('k.id', 'DESC').limit(limit + 1);
    if (after) query.andWhere('(k.createdAt, k.id) < (:at, :id)', { at: after[0], id: after[1] });
    return pageFrom(await query.getMany(), limit, infoOf, (row) => [row.createdAt.toISOString(), row.id]);
  }

  async get(principal: Principal, apiKey: string): Promise<ApiKeyInfo> {
    return infoOf(await this.find(principal, apiKey));
  }

  /** Here at once; elsewhere when the tombstone arrives. A second time changes nothing. */
  async revoke(principal: Principal, apiKey: string): Promise<void> {
    const row = await this.find(principal, apiKey);
    await this.dataSource.transaction(async (manager) => {
      await manager.update(ApiKeyRow, { id: row.id, revokedAt: IsNull() }, { revokedAt: this.clock.now() });
      await putIntoOutbox(manager, [{ removed: 'api-key', id: row.id }]);
    });
  }

  private async find(principal: Principal, apiKey: string): Promise<ApiKeyRow> {
    const row = await this.keys.findOneBy({ id: apiKey, orgId: principal.orgId });
    const reach = await this.reachOf(principal);
    if (!row?.sandboxes.every((sandbox) => reach.includes(sandbox))) throw new NotFound('API key');
    return row;
  }

  private async reachOf(principal: Principal): Promise<string[]> {
    const own = await this.keys.findOneBy({ id: principal.keyId });
    return own?.sandboxes ?? [];
  }
}

function infoOf(row: ApiKeyRow): ApiKeyInfo {
  return {
    apiKey: row.id,
    name: row.name,
    sandboxes: row.sandboxes,
    scopes: row.scopes,
    ratePerSecond: row.ratePerSecond,
    createdAt: row.createdAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
