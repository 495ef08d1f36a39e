import { AppError } from '@postrider/runtime';
import type { CampaignStatus } from '@postrider/contracts';
import { NotFound } from '../edge/edge.errors.js';
import type { CampaignAction } from './status-transitions.js';

export class CampaignNotFound extends NotFound {
  constructor() {
    super('campaign', 'CAMPAIGN_NOT_FOUND');
  }
}

/** The campaign's status does not permit the action. */
export class ActionRefused extends AppError {
  constructor(action: CampaignAction, status: CampaignStatus) {
    super({ code: 'CONFLICT', kind: 'conflict', detail: `A campaign that is ${status} does not permit this: ${action}.`, context: { status, action } });
  }
}
