import { z } from 'zod';
import {
  Audience, AudienceInput, AudienceMember, AudiencePatch, AudienceQuery, Estimate, EstimateInput, Evaluation, PageQuery, Upload, UploadQuery, pageOf,
} from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'Audiences';
const one = 'audiences/:id';

export const LIST_AUDIENCES = defineOperation({
  id: 'listAudiences', tag, method: 'GET', path: 'audiences', scope: 'read', status: 200, query: AudienceQuery, answer: pageOf(Audience),
  summary: 'Audiences, newest first, with their size',
});
export const CREATE_AUDIENCE = defineOperation({
  id: 'createAudience', tag, method: 'POST', path: 'audiences', scope: 'admin', status: 201, body: AudienceInput, answer: Audience,
  summary: 'Make an audience by rules, for an upload, or of other audiences',
});
export const ESTIMATE_AUDIENCE = defineOperation({
  id: 'estimateAudience', tag, method: 'POST', path: 'audiences/estimate', scope: 'read', status: 200, body: EstimateInput, answer: Estimate,
  summary: 'Count what rules or a composition come to now, with a sample; nothing is saved',
});
export const GET_AUDIENCE = defineOperation({
  id: 'getAudience', tag, method: 'GET', path: one, scope: 'read', status: 200, answer: Audience, summary: 'One audience',
});
export const EDIT_AUDIENCE = defineOperation({
  id: 'editAudience', tag, method: 'PATCH', path: one, scope: 'admin', status: 200, conditional: true, body: AudiencePatch, answer: Audience,
  summary: 'Edit an audience; its members change with the next evaluation',
});
export const DELETE_AUDIENCE = defineOperation({
  id: 'deleteAudience', tag, method: 'DELETE', path: one, scope: 'admin', status: 204, summary: 'Delete an audience that no campaign and no composition uses',
});
export const EVALUATE_AUDIENCE = defineOperation({
  id: 'evaluateAudience', tag, method: 'POST', path: `${one}/evaluate`, scope: 'admin', status: 202, answer: Evaluation,
  summary: 'Begin to evaluate a segment or a composition again; one that runs already is answered',
});
export const LIST_EVALUATIONS = defineOperation({
  id: 'listAudienceEvaluations', tag, method: 'GET', path: `${one}/evaluations`, scope: 'read', status: 200, query: PageQuery, answer: pageOf(Evaluation),
  summary: 'Evaluations with their sizes, newest first',
});
export const LIST_MEMBERS = defineOperation({
  id: 'listAudienceMembers', tag, method: 'GET', path: `${one}/members`, scope: 'read', status: 200, query: PageQuery, answer: pageOf(AudienceMember),
  summary: 'Members of the last completed evaluation',
});
export const UPLOAD_AUDIENCE = defineOperation({
  id: 'uploadAudience', tag, method: 'POST', path: `${one}/upload`, scope: 'admin', status: 200, query: UploadQuery, streams: 'text/csv', body: z.string(), answer: Upload,
  summary: 'Replace the members of an upload by the rows of a CSV file of any size; answered when all of it is read',
});
export const GET_UPLOAD = defineOperation({
  id: 'getAudienceUpload', tag, method: 'GET', path: `${one}/uploads/:uploadId`, scope: 'read', status: 200, answer: Upload, summary: 'Progress and result of an upload',
});
export const GET_UPLOAD_ERRORS = defineOperation({
  id: 'getAudienceUploadErrors', tag, method: 'GET', path: `${one}/uploads/:uploadId/errors`, scope: 'read', status: 200, answersText: 'text/csv',
  summary: 'The rows of an upload that were refused, with their reasons',
});
