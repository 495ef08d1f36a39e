import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { putIntoOutbox } from '../outbox/outbox.js';
import type { CampaignWithVersions } from './campaign-answers.js';
import { configurationOfCampaign } from './campaign-configuration.js';
import { CampaignVersionRow } from './campaign-version.entity.js';
import { CampaignRow } from './campaign.entity.js';
import { CampaignNotFound } from './campaigns.errors.js';

/** Campaigns with their versions, read and written as one. */
@Injectable()
export class CampaignStore {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws CampaignNotFound, also for another tenant's */
  async get(tenantId: string, id: string): Promise<CampaignWithVersions> {
    const campaign = await this.dataSource.manager.findOneBy(CampaignRow, { tenantId, id });
    if (!campaign) throw new CampaignNotFound();
    return withVersions(this.dataSource.manager, campaign);
  }

  /** Runs a change with the campaign locked against others; what it returns is stored and published with it. */
  async change<T>(tenantId: string, id: string, run: (found: CampaignWithVersions, manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const campaign = await manager.findOne(CampaignRow, { where: { tenantId, id }, lock: { mode: 'pessimistic_write' } });
      if (!campaign) throw new CampaignNotFound();
      return run(await withVersions(manager, campaign), manager);
    });
  }

  /** The rows of a page, each with its versions, by two queries. */
  async withVersionsOf(campaigns: readonly CampaignRow[]): Promise<CampaignWithVersions[]> {
    return attachVersions(this.dataSource.manager, campaigns);
  }
}

/** Stores a campaign that was changed, one revision on, and tells the others of its state. */
export async function saveCampaign(manager: EntityManager, campaign: CampaignRow, now: Date): Promise<CampaignRow> {
  const saved = { ...campaign, revision: campaign.revision + 1, updatedAt: now };
  await manager.update(CampaignRow, { id: saved.id }, saved);
  await putIntoOutbox(manager, [configurationOfCampaign(saved)]);
  return saved;
}

async function withVersions(manager: EntityManager, campaign: CampaignRow): Promise<CampaignWithVersions> {
  const [found] = await attachVersions(manager, [campaign]);
  if (!found) throw new CampaignNotFound();
  return found;
}

async function attachVersions(manager: EntityManager, campaigns: readonly CampaignRow[]): Promise<CampaignWithVersions[]> {
  const ids = campaigns.flatMap(({ liveVersionId, draftVersionId }) => [liveVersionId, draftVersionId]).filter((id) => id !== null);
  const versions = new Map((await manager.findBy(CampaignVersionRow, { id: In(ids) })).map((version) => [version.id, version]));
  return campaigns.map((campaign) => ({
    campaign,
    live: versions.get(campaign.liveVersionId ?? ''),
    draft: versions.get(campaign.draftVersionId ?? ''),
  }));
}
