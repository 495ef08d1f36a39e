import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Principal } from '@postrider/auth';
import type { Campaign, CampaignInput, CampaignKind, CampaignPatch, CampaignVersionInfo, Page, PageQuery } from '@postrider/contracts';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { Answered } from '../edge/answered.js';
import { decodeCursor, pageFrom, UUID_POSITION } from '../edge/cursor.js';
import { InvalidBody, NotFound, requireRevision } from '../edge/edge.errors.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { answerOf, campaignOf, shownVersion, versionInfoOf, type CampaignWithVersions } from './campaign-answers.js';
import { configurationOfCampaign } from './campaign-configuration.js';
import type { CampaignListQuery } from './campaign-operations.js';
import { CampaignStore, saveCampaign } from './campaign-store.js';
import { CampaignVersionRow } from './campaign-version.entity.js';
import { CampaignRow } from './campaign.entity.js';
import { ActionRefused } from './campaigns.errors.js';
import { kindFaults, type KindFields } from './kind-faults.js';
import { isAllowed } from './status-transitions.js';
import { fieldsOfInput, fieldsOfPatch } from './version-fields.js';

@Injectable()
export class CampaignService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: CampaignStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(principal: Principal, input: CampaignInput): Promise<Answered> {
    const fields = fieldsOfInput(input);
    requireKind(input.kind, fields);
    const now = this.clock.now();
    const made = { tenantId: principal.tenantId, createdAt: now, createdBy: principal.keyId };
    const id = randomUUIDv7();
    const draft: CampaignVersionRow = { ...made, ...fields, id: randomUUIDv7(), campaignId: id, version: 1, activatedAt: null };
    const campaign: CampaignRow = {
      ...made, id, name: input.name, description: input.description, tags: input.tags, kind: input.kind, status: 'Draft',
      throughput: draft.throughput, startAt: draft.startAt, endAt: draft.endAt, completesAt: null, liveVersionId: null, draftVersionId: draft.id, revision: 1, updatedAt: now,
    };
    return this.dataSource.transaction((manager) => insertCampaign(manager, campaign, draft));
  }

  async list(tenantId: string, { limit, cursor, status }: CampaignListQuery): Promise<Page<Campaign>> {
    const after = decodeCursor(cursor, UUID_POSITION);
    const query = this.dataSource.manager.createQueryBuilder(CampaignRow, 'c')
      .where('c.tenantId = :tenantId', { tenantId }).orderBy('c.id', 'DESC').limit(limit + 1);
    if (status) query.andWhere('c.status = :status', { status });
    if (after) query.andWhere('c.id < :id', { id: after[0] });
    const found = await this.store.withVersionsOf(await query.getMany());
    return pageFrom(found, limit, campaignOf, ({ campaign }) => [campaign.id]);
  }

  async get(tenantId: string, id: string): Promise<Answered> {
    return answerOf(await this.store.get(tenantId, id));
  }

  /** What it sends is changed in the draft version; beside a live version one is made. Name, description and tags change at once. */
  async edit(principal: Principal, id: string, patch: CampaignPatch, revision: number | undefined): Promise<Answered> {
    return this.store.change(principal.tenantId, id, async (found, manager) => {
      const { campaign, live } = found;
      requireRevision(revision, campaign.revision);
      if (!isAllowed(campaign.status, 'edit')) throw new ActionRefused('edit', campaign.status);
      const fields = fieldsOfPatch(patch);
      requireKind(campaign.kind, fields);
      const draft = Object.keys(fields).length > 0 ? await this.editDraft(manager, found, fields, principal.keyId) : found.draft;
      const inForce = live ?? draft;
      const { name = campaign.name, description = campaign.description, tags = campaign.tags } = patch;
      const edited = {
        ...campaign, name, description, tags, draftVersionId: draft?.id ?? null,
        ...(inForce && { throughput: inForce.throughput, startAt: inForce.startAt, endAt: inForce.endAt }),
      };
      return answerOf({ campaign: await saveCampaign(manager, edited, this.clock.now()), live, draft });
    });
  }

  /** @throws ActionRefused unless it was never activated */
  async remove(tenantId: string, id: string): Promise<void> {
    await this.store.change(tenantId, id, async ({ campaign }, manager) => {
      if (!isAllowed(campaign.status, 'delete')) throw new ActionRefused('delete', campaign.status);
      await manager.delete(CampaignVersionRow, { campaignId: id });
      await manager.delete(CampaignRow, { id });
      await putIntoOutbox(manager, [{ removed: 'campaign', id }]);
    });
  }

  async versions(tenantId: string, id: string, { limit, cursor }: PageQuery): Promise<Page<CampaignVersionInfo>> {
    const after = decodeCursor(cursor, [/^\d{1,9}$/]);
    const { campaign } = await this.store.get(tenantId, id);
    const query = this.dataSource.manager.createQueryBuilder(CampaignVersionRow, 'v')
      .where('v.campaignId = :id', { id }).orderBy('v.version', 'DESC').limit(limit + 1);
    if (after) query.andWhere('v.version < :version', { version: Number(after[0]) });
    return pageFrom(await query.getMany(), limit, (row) => versionInfoOf(row, campaign), (row) => [String(row.version)]);
  }

  /** @throws NotFound */
  async version(tenantId: string, id: string, version: string): Promise<CampaignVersionInfo> {
    const { campaign } = await this.store.get(tenantId, id);
    const row = /^\d{1,9}$/.test(version) ? await this.dataSource.manager.findOneBy(CampaignVersionRow, { campaignId: id, version: Number(version) }) : null;
    if (!row) throw new NotFound('version of the campaign');
    return versionInfoOf(row, campaign);
  }

  private async editDraft(manager: EntityManager, found: CampaignWithVersions, fields: Partial<CampaignVersionRow>, createdBy: string): Promise<CampaignVersionRow> {
    if (found.draft) return manager.save(CampaignVersionRow, { ...found.draft, ...fields });
    const base = shownVersion(found);
    const now = this.clock.now();
    return manager.save(CampaignVersionRow, { ...base, ...fields, id: randomUUIDv7(), version: base.version + 1, createdAt: now, createdBy, activatedAt: null });
  }
}

/** @throws InvalidBody */
function requireKind(kind: CampaignKind, fields: KindFields): void {
  const faults = kindFaults(kind, fields);
  if (faults.length > 0) throw new InvalidBody(faults);
}

/** Stores a new campaign with its first draft and tells the others that it exists. */
export async function insertCampaign(manager: EntityManager, campaign: CampaignRow, draft: CampaignVersionRow): Promise<Answered> {
  await manager.insert(CampaignRow, campaign);
  await manager.save(CampaignVersionRow, draft);
  await putIntoOutbox(manager, [configurationOfCampaign(campaign)]);
  return answerOf({ campaign, live: undefined, draft });
}
