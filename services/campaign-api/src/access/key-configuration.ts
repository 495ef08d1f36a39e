import type { ApiKey } from '@postrider/contracts';
import type { ApiKeyRow } from './api-key.entity.js';

/** What the other services need to know of a key. */
export function configurationOfKey(row: ApiKeyRow): ApiKey {
  return {
    kind: 'api-key',
    id: row.id,
    name: row.name,
    orgId: row.orgId,
    sandboxes: row.sandboxes,
    scopes: row.scopes,
    tokenHash: row.tokenHash,
    ratePerSecond: row.ratePerSecond,
  };
}
