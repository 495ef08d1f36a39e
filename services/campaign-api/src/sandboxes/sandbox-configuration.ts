import type { SandboxSettings, Shield } from '@postrider/contracts';
import type { SandboxRow } from './sandbox.entity.js';

/** What the other services need to know of a sandbox, with what holds for its whole organization. */
export function configurationOfSandbox(row: SandboxRow, shields: readonly Shield[]): SandboxSettings {
  return {
    kind: 'sandbox', id: row.tenantId, sandboxId: row.id, orgId: row.orgId, name: row.name, defaultRegion: row.defaultRegion, shields: [...shields],
  };
}
