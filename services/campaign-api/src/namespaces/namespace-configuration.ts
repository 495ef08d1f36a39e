import type { NamespaceDefinition } from '@postrider/contracts';
import type { NamespaceRow } from './namespace.entity.js';

/** What the other services need to know of a namespace. */
export function configurationOfNamespace(row: NamespaceRow): NamespaceDefinition {
  return {
    kind: 'namespace', id: `${row.tenantId}/${row.code}`, tenantId: row.tenantId,
    name: row.name, symbol: row.symbol, type: row.type, custom: row.custom,
  };
}
