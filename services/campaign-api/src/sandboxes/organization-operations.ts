import { Organization, OrganizationPatch } from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'Organization';

export const GET_ORGANIZATION = defineOperation({
  id: 'getOrganization', tag, method: 'GET', path: 'organization', scope: 'read', status: 200, answer: Organization, summary: 'What holds for all sandboxes of your organization',
});
export const EDIT_ORGANIZATION = defineOperation({
  id: 'editOrganization', tag, method: 'PATCH', path: 'organization', scope: 'admin', status: 200, conditional: true, body: OrganizationPatch, answer: Organization,
  summary: 'Put shields up or down; your key must be good for every sandbox of the organization',
});
