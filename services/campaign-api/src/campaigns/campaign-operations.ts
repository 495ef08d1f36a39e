import { z } from 'zod';
import {
  Campaign, CampaignCurl, CampaignInput, CampaignPatch, CampaignStatus, CampaignValidation, CampaignVersionInfo, PageQuery, Preview, PreviewInput,
  pageOf, pageQuery,
} from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'Campaigns';
const one = 'campaigns/:id';

export const CampaignListQuery = z.strictObject({ ...pageQuery, status: CampaignStatus.optional() });
export type CampaignListQuery = z.infer<typeof CampaignListQuery>;

export const LIST_CAMPAIGNS = defineOperation({
  id: 'listCampaigns', tag, method: 'GET', path: 'campaigns', scope: 'read', status: 200, query: CampaignListQuery, answer: pageOf(Campaign),
  summary: 'Campaigns, newest first',
});
export const CREATE_CAMPAIGN = defineOperation({
  id: 'createCampaign', tag, method: 'POST', path: 'campaigns', scope: 'admin', status: 201, body: CampaignInput, answer: Campaign, summary: 'Make a draft',
});
export const GET_CAMPAIGN = defineOperation({
  id: 'getCampaign', tag, method: 'GET', path: one, scope: 'read', status: 200, answer: Campaign, summary: 'One campaign',
});
export const EDIT_CAMPAIGN = defineOperation({
  id: 'editCampaign', tag, method: 'PATCH', path: one, scope: 'admin', status: 200, conditional: true, body: CampaignPatch, answer: Campaign,
  summary: 'Edit the draft version; beside a live version one is made',
});
export const DELETE_CAMPAIGN = defineOperation({
  id: 'deleteCampaign', tag, method: 'DELETE', path: one, scope: 'admin', status: 204, summary: 'Delete a campaign that was never activated',
});
export const LIST_VERSIONS = defineOperation({
  id: 'listCampaignVersions', tag, method: 'GET', path: `${one}/versions`, scope: 'read', status: 200, query: PageQuery, answer: pageOf(CampaignVersionInfo),
  summary: 'Versions of a campaign, newest first',
});
export const GET_VERSION = defineOperation({
  id: 'getCampaignVersion', tag, method: 'GET', path: `${one}/versions/:version`, scope: 'read', status: 200, answer: CampaignVersionInfo,
  summary: 'One version of a campaign',
});
export const VALIDATE_CAMPAIGN = defineOperation({
  id: 'validateCampaign', tag, method: 'POST', path: `${one}/validate`, scope: 'read', status: 200, answer: CampaignValidation,
  summary: 'List what would keep the campaign from being activated',
});
export const ACTIVATE_CAMPAIGN = defineOperation({
  id: 'activateCampaign', tag, method: 'POST', path: `${one}/activate`, scope: 'admin', status: 200, answer: Campaign,
  summary: 'Make the draft version live, or scheduled where its start is in the future',
});
export const STOP_CAMPAIGN = defineOperation({
  id: 'stopCampaign', tag, method: 'POST', path: `${one}/stop`, scope: 'admin', status: 200, answer: Campaign, summary: 'Stop a campaign for good, also what waits to be sent',
});
export const ARCHIVE_CAMPAIGN = defineOperation({
  id: 'archiveCampaign', tag, method: 'POST', path: `${one}/archive`, scope: 'admin', status: 200, answer: Campaign, summary: 'Archive a campaign that is over',
});
export const DUPLICATE_CAMPAIGN = defineOperation({
  id: 'duplicateCampaign', tag, method: 'POST', path: `${one}/duplicate`, scope: 'admin', status: 201, answer: Campaign, summary: 'Make a draft like this campaign',
});
export const PREVIEW_CAMPAIGN = defineOperation({
  id: 'previewCampaign', tag, method: 'POST', path: `${one}/preview`, scope: 'read', status: 200, body: PreviewInput, answer: Preview,
  summary: 'Render the message with sample data',
});
export const CAMPAIGN_CURL = defineOperation({
  id: 'campaignCurl', tag, method: 'GET', path: `${one}/curl`, scope: 'read', status: 200, answer: CampaignCurl, summary: 'A ready call of the execution API',
});
