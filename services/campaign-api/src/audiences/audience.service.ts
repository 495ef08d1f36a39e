import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Principal } from '@postrider/auth';
import type { Audience, AudienceInput, AudiencePatch, AudienceQuery, Page } from '@postrider/contracts';
import { CLOCK, type Clock } from '@postrider/runtime';
import { Answered } from '../edge/answered.js';
import { decodeCursor, pageFrom, UUID_POSITION } from '../edge/cursor.js';
import { Conflict, requireRevision } from '../edge/edge.errors.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { shieldsOf } from '../sandboxes/organization-store.js';
import { audienceOf, configurationOfAudience } from './audience-answers.js';
import { checkedForStorage } from './audience-check.js';
import { AudienceResolver } from './audience-resolver.client.js';
import { campaignUsing, compositionUsing } from './audience-statements.js';
import { AudienceRow } from './audience.entity.js';
import { AudienceNotFound } from './audiences.errors.js';

/** Definitions of audiences; who their members are, audience-resolver knows. */
@Injectable()
export class AudienceService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resolver: AudienceResolver,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws InvalidBody with every fault, TooManyCompositions */
  async create(principal: Principal, input: AudienceInput): Promise<Answered> {
    const { name, description, source, evaluationSchedule } = input;
    const now = this.clock.now();
    const row: AudienceRow = {
      id: randomUUIDv7(), tenantId: principal.tenantId, name, description, source, evaluationSchedule, parts: [],
      rules: input.rules ?? null, composition: input.composition ?? null, published: input.published ?? source !== 'composition',
      revision: 1, createdAt: now, createdBy: principal.keyId, updatedAt: now,
    };
    return this.dataSource.transaction(async (manager) => {
      const stored = await checkedForStorage(manager, row, undefined);
      await manager.save(AudienceRow, stored);
      await putIntoOutbox(manager, [configurationOfAudience(stored)]);
      return new Answered(audienceOf(stored, null), { revision: stored.revision });
    });
  }

  async list(tenantId: string, { limit, cursor, search, source, usable }: AudienceQuery): Promise<Page<Audience>> {
    const after = decodeCursor(cursor, UUID_POSITION);
    const { manager } = this.dataSource;
    const query = manager.createQueryBuilder(AudienceRow, 'a').where('a.tenantId = :tenantId', { tenantId }).orderBy('a.id', 'DESC').limit(limit + 1);
    if (after) query.andWhere('a.id < :id', { id: after[0] });
    if (source) query.andWhere('a.source = :source', { source });
    // A collation that knows the cases of all of Unicode, whatever the database's own is.
    if (search) query.andWhere('strpos(lower(a.name COLLATE "pg_c_utf8"), lower(:search COLLATE "pg_c_utf8")) > 0', { search });
    if (usable === 'true') {
      query.andWhere('a.published');
      if ((await shieldsOf(manager, tenantId)).length > 0) query.andWhere(`a.source <> 'composition'`);
    }
    const rows = await query.getMany();
    const latest = await this.resolver.latest(tenantId, rows.slice(0, limit).map(({ id }) => id));
    return pageFrom(rows, limit, (row) => audienceOf(row, latest.get(row.id) ?? null), ({ id }) => [id]);
  }

  async get(tenantId: string, id: string): Promise<Answered> {
    return this.answerOf(await this.find(tenantId, id));
  }

  /** @throws AudienceNotFound, also for another tenant's */
  async find(tenantId: string, id: string): Promise<AudienceRow> {
    return found(await this.dataSource.manager.findOneBy(AudienceRow, { tenantId, id }));
  }

  /** @throws InvalidBody with every fault, TooManyCompositions, Conflict where a running campaign's audience would become a draft */
  async edit(tenantId: string, id: string, patch: AudiencePatch, revision: number | undefined): Promise<Answered> {
    const edited = await this.dataSource.transaction(async (manager) => {
      const row = await lock(manager, tenantId, id);
      requireRevision(revision, row.revision);
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Partial<AudienceRow>;
      const stored = await checkedForStorage(manager, { ...row, ...given, revision: row.revision + 1, updatedAt: this.clock.now() }, row);
      if (row.published && !stored.published) await requireUnused(manager, row, ['Scheduled', 'Live']);
      await manager.save(AudienceRow, stored);
      await putIntoOutbox(manager, [configurationOfAudience(stored)]);
      return stored;
    });
    return this.answerOf(edited);
  }

  /** @throws Conflict while a campaign that is not over, or a composition, uses it */
  async remove(tenantId: string, id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const row = await lock(manager, tenantId, id);
      await requireUnused(manager, row, ['Draft', 'Scheduled', 'Live']);
      const composition = await compositionUsing(manager, row);
      if (composition) throw new Conflict(`The composition ${composition.id} (${composition.name}) is made of it.`);
      await manager.delete(AudienceRow, { tenantId, id });
      await putIntoOutbox(manager, [{ removed: 'audience', id }]);
    });
  }

  private async answerOf(row: AudienceRow): Promise<Answered> {
    const latest = await this.resolver.latest(row.tenantId, [row.id]);
    return new Answered(audienceOf(row, latest.get(row.id) ?? null), { revision: row.revision });
  }
}

async function requireUnused(manager: EntityManager, row: AudienceRow, statuses: Parameters<typeof campaignUsing>[2]): Promise<void> {
  const campaign = await campaignUsing(manager, row, statuses);
  if (campaign) throw new Conflict(`The campaign ${campaign.id} (${campaign.name}) sends to it.`);
}

async function lock(manager: EntityManager, tenantId: string, id: string): Promise<AudienceRow> {
  return found(await manager.findOne(AudienceRow, { where: { tenantId, id }, lock: { mode: 'pessimistic_write' } }));
}

function found(row: AudienceRow | null): AudienceRow {
  if (!row) throw new AudienceNotFound();
  return row;
}
