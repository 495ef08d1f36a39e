import { ApiKeyInfo, ApiKeyInput, CreatedApiKey, PageQuery, pageOf } from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'API keys';

export const LIST_API_KEYS = defineOperation({
  id: 'listApiKeys', tag, method: 'GET', path: 'api-keys', scope: 'read', status: 200, query: PageQuery, answer: pageOf(ApiKeyInfo),
  summary: 'Keys whose sandboxes your own key may use, newest first',
});
export const CREATE_API_KEY = defineOperation({
  id: 'createApiKey', tag, method: 'POST', path: 'api-keys', scope: 'admin', status: 201, body: ApiKeyInput, answer: CreatedApiKey,
  summary: 'Make a key; its token is shown this once',
});
export const GET_API_KEY = defineOperation({
  id: 'getApiKey', tag, method: 'GET', path: 'api-keys/:apiKey', scope: 'read', status: 200, answer: ApiKeyInfo, summary: 'One key',
});
export const REVOKE_API_KEY = defineOperation({
  id: 'revokeApiKey', tag, method: 'DELETE', path: 'api-keys/:apiKey', scope: 'admin', status: 204, summary: 'Revoke a key, for good and at once',
});
