import { PageQuery, Sandbox, SandboxInput, pageOf } from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'Sandboxes';

export const LIST_SANDBOXES = defineOperation({
  id: 'listSandboxes', tag, method: 'GET', path: 'sandboxes', scope: 'read', status: 200, query: PageQuery, answer: pageOf(Sandbox),
  summary: 'Sandboxes that your key may use, by name',
});
export const CREATE_SANDBOX = defineOperation({
  id: 'createSandbox', tag, method: 'POST', path: 'sandboxes', scope: 'admin', status: 201, body: SandboxInput, answer: Sandbox,
  summary: 'Make a sandbox, with the standard namespaces; your key may use it from now on',
});
