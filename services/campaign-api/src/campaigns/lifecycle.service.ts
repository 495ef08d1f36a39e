import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Principal } from '@postrider/auth';
import type { CampaignValidation, Fault } from '@postrider/contracts';
import { CLOCK, type Clock } from '@postrider/runtime';
import type { Answered } from '../edge/answered.js';
import { Unprocessable } from '../edge/edge.errors.js';
import { putIntoOutbox } from '../outbox/outbox.js';
import { activationFaults } from './activation-check.js';
import { answerOf, shownVersion, type CampaignWithVersions } from './campaign-answers.js';
import { configurationOfVersion } from './campaign-configuration.js';
import { CampaignStore, saveCampaign } from './campaign-store.js';
import { CampaignVersionRow } from './campaign-version.entity.js';
import type { CampaignRow } from './campaign.entity.js';
import { insertCampaign } from './campaign.service.js';
import { ActionRefused } from './campaigns.errors.js';
import { completionOf, isAllowed, statusInWindow, type CampaignAction } from './status-transitions.js';
import { surroundingsOf } from './surroundings.js';

const NAME_MAX = 200;

/** What moves a campaign from one status to another. Doing a thing twice is the same as doing it once. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: CampaignStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async validate(tenantId: string, id: string): Promise<CampaignValidation> {
    const errors = await this.faultsOf(this.dataSource.manager, await this.store.get(tenantId, id));
    return { valid: errors.length === 0, errors };
  }

  /**
   * Makes the draft the version that calls are made against. Without a draft nothing changes.
   * @throws ActionRefused, or Unprocessable with every fault of the draft
   */
  async activate(tenantId: string, id: string): Promise<Answered> {
    return this.store.change(tenantId, id, async (found, manager) => {
      const { campaign, draft } = found;
      requireAllowed(campaign, 'activate');
      if (!draft) return answerOf(found);
      const faults = await this.faultsOf(manager, found);
      if (faults.length > 0) throw new Unprocessable('The campaign cannot be activated: errors lists every reason.', faults);
      const now = this.clock.now();
      const live = { ...draft, activatedAt: now };
      await manager.update(CampaignVersionRow, { id: live.id }, { activatedAt: now });
      // The version first: whoever learns that it is live must be able to find it.
      await putIntoOutbox(manager, [configurationOfVersion(live)]);
      const { throughput, startAt, endAt } = live;
      const inForce = { throughput, startAt, endAt, completesAt: completionOf(campaign.kind, live, now) };
      const activated = { ...campaign, ...inForce, status: statusInWindow(live, now), liveVersionId: live.id, draftVersionId: null };
      return answerOf({ campaign: await saveCampaign(manager, activated, now), live, draft: undefined });
    });
  }

  /** Final: also what waits to be sent is not sent any more. */
  async stop(tenantId: string, id: string): Promise<Answered> {
    return this.setStatus(tenantId, id, 'stop', 'Stopped');
  }

  async archive(tenantId: string, id: string): Promise<Answered> {
    return this.setStatus(tenantId, id, 'archive', 'Archived');
  }

  /** A new draft with the content and settings that the campaign shows, and no schedule. */
  async duplicate(principal: Principal, id: string): Promise<Answered> {
    const found = await this.store.get(principal.tenantId, id);
    const now = this.clock.now();
    const made = { createdAt: now, createdBy: principal.keyId, startAt: null, endAt: null };
    const copyId = randomUUIDv7();
    const draft = { ...shownVersion(found), ...made, id: randomUUIDv7(), campaignId: copyId, version: 1, activatedAt: null };
    const campaign: CampaignRow = {
      ...found.campaign, ...made, completesAt: null, id: copyId, name: `Copy of ${found.campaign.name}`.slice(0, NAME_MAX), status: 'Draft',
      throughput: draft.throughput, liveVersionId: null, draftVersionId: draft.id, revision: 1, updatedAt: now,
    };
    return this.dataSource.transaction((manager) => insertCampaign(manager, campaign, draft));
  }

  private async setStatus(tenantId: string, id: string, action: CampaignAction, status: CampaignRow['status']): Promise<Answered> {
    return this.store.change(tenantId, id, async (found, manager) => {
      requireAllowed(found.campaign, action);
      if (found.campaign.status === status) return answerOf(found);
      return answerOf({ ...found, campaign: await saveCampaign(manager, { ...found.campaign, status }, this.clock.now()) });
    });
  }

  private async faultsOf(manager: EntityManager, found: CampaignWithVersions): Promise<Fault[]> {
    const version = shownVersion(found);
    return activationFaults(version, { ...(await surroundingsOf(manager, version)), campaign: found.campaign, now: this.clock.now() });
  }
}

function requireAllowed(campaign: CampaignRow, action: CampaignAction): void {
  if (!isAllowed(campaign.status, action)) throw new ActionRefused(action, campaign.status);
}
