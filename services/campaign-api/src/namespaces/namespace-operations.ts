import { Namespace, NamespaceInput, NamespacePatch, PageQuery, pageOf } from '@postrider/contracts';
import { defineOperation } from '../edge/operation.js';

const tag = 'Namespaces';

export const LIST_NAMESPACES = defineOperation({
  id: 'listNamespaces', tag, method: 'GET', path: 'namespaces', scope: 'read', status: 200, query: PageQuery, answer: pageOf(Namespace),
  summary: 'Standard and custom namespaces, by symbol',
});
export const CREATE_NAMESPACE = defineOperation({
  id: 'createNamespace', tag, method: 'POST', path: 'namespaces', scope: 'admin', status: 201, body: NamespaceInput, answer: Namespace,
  summary: 'Make a custom namespace; it can never be deleted',
});
export const GET_NAMESPACE = defineOperation({
  id: 'getNamespace', tag, method: 'GET', path: 'namespaces/:symbol', scope: 'read', status: 200, answer: Namespace, summary: 'One namespace',
});
export const EDIT_NAMESPACE = defineOperation({
  id: 'editNamespace', tag, method: 'PATCH', path: 'namespaces/:symbol', scope: 'admin', status: 200, body: NamespacePatch, answer: Namespace,
  conditional: true, summary: 'Rename a custom namespace; symbol and type never change',
});
