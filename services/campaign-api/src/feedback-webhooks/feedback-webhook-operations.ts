import {
  CreatedFeedbackWebhook, FeedbackWebhook, FeedbackWebhookInput, FeedbackWebhookPatch, PageQuery, WebhookAttemptPage, WebhookTestOutcome, pageOf,
} from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'Feedback webhooks';
const one = 'feedback-webhooks/:id';

export const LIST_WEBHOOKS = defineOperation({
  id: 'listFeedbackWebhooks', tag, method: 'GET', path: 'feedback-webhooks', scope: 'read', status: 200, query: PageQuery, answer: pageOf(FeedbackWebhook),
  summary: 'Feedback webhooks, newest first',
});
export const CREATE_WEBHOOK = defineOperation({
  id: 'createFeedbackWebhook', tag, method: 'POST', path: 'feedback-webhooks', scope: 'admin', status: 201, body: FeedbackWebhookInput, answer: CreatedFeedbackWebhook,
  summary: 'Make a feedback webhook; its secret is shown this once',
});
export const GET_WEBHOOK = defineOperation({
  id: 'getFeedbackWebhook', tag, method: 'GET', path: one, scope: 'read', status: 200, answer: FeedbackWebhook, summary: 'One feedback webhook',
});
export const EDIT_WEBHOOK = defineOperation({
  id: 'editFeedbackWebhook', tag, method: 'PATCH', path: one, scope: 'admin', status: 200, conditional: true, body: FeedbackWebhookPatch, answer: FeedbackWebhook,
  summary: 'Edit a feedback webhook, in force at once',
});
export const DELETE_WEBHOOK = defineOperation({
  id: 'deleteFeedbackWebhook', tag, method: 'DELETE', path: one, scope: 'admin', status: 204, summary: 'Delete a feedback webhook',
});
export const ROTATE_SECRET = defineOperation({
  id: 'rotateFeedbackWebhookSecret', tag, method: 'POST', path: `${one}/rotate`, scope: 'admin', status: 200, answer: CreatedFeedbackWebhook,
  summary: 'Make a new secret; the one before it goes on signing beside it until the next rotation',
});
export const TEST_WEBHOOK = defineOperation({
  id: 'testFeedbackWebhook', tag, method: 'POST', path: `${one}/test`, scope: 'admin', status: 200, answer: WebhookTestOutcome, summary: 'Send a test event now',
});
export const LIST_ATTEMPTS = defineOperation({
  id: 'listFeedbackWebhookAttempts', tag, method: 'GET', path: `${one}/attempts`, scope: 'read', status: 200, query: PageQuery, answer: WebhookAttemptPage,
  summary: 'What was sent to the endpoint and what it answered, newest first',
});
