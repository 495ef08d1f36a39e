import { ExecutionInfo, ExecutionQuery, RecipientInfo, RecipientQuery, pageOf } from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'Executions';
const one = 'executions/:executionId';

export const LIST_EXECUTIONS = defineOperation({
  id: 'listExecutions', tag, method: 'GET', path: 'executions', scope: 'read', status: 200, query: ExecutionQuery, answer: pageOf(ExecutionInfo),
  summary: 'Executions, newest first; by request, campaign, recipient or state of a message',
});
export const GET_EXECUTION = defineOperation({
  id: 'getExecution', tag, method: 'GET', path: one, scope: 'read', status: 200, answer: ExecutionInfo, summary: 'One execution with its totals',
});
export const LIST_RECIPIENTS = defineOperation({
  id: 'listRecipients', tag, method: 'GET', path: `${one}/recipients`, scope: 'read', status: 200, query: RecipientQuery, answer: pageOf(RecipientInfo),
  summary: 'Each recipient of an execution, with the timeline of its message',
});
