import type { EntityManager } from 'typeorm';
import type { AudienceSource, CampaignStatus } from '@postrider/contracts';

interface Named {
  id: string;
  name: string;
}

/** A campaign of one of these statuses that sends to the audience, by its live version or its draft. */
export async function campaignUsing(manager: EntityManager, audience: { tenantId: string; id: string }, statuses: readonly CampaignStatus[]): Promise<Named | undefined> {
  const rows: Named[] = await manager.query(
    `SELECT c.id, c.name FROM campaign_versions v JOIN campaigns c ON c.id = v.campaign_id AND v.id IN (c.live_version_id, c.draft_version_id)
      WHERE v.audience_id = $1 AND v.tenant_id = $2 AND c.status = ANY($3) LIMIT 1`,
    [audience.id, audience.tenantId, statuses],
  );
  return rows[0];
}

/** A composition that the audience is a part of. */
export async function compositionUsing(manager: EntityManager, audience: { tenantId: string; id: string }): Promise<Named | undefined> {
  const rows: Named[] = await manager.query(
    `SELECT id, name FROM audiences WHERE tenant_id = $1 AND source = 'composition' AND parts @> ARRAY[$2::uuid] LIMIT 1`,
    [audience.tenantId, audience.id],
  );
  return rows[0];
}

/**
 * Sources of those audiences of a tenant that exist, by id. Where `held`, those that a composition can be made of cannot
 * be deleted until the transaction ends; compositions are not held, so that two that name each other do not wait for ever.
 */
export async function sourcesOf(manager: EntityManager, tenantId: string, ids: readonly string[], held: boolean): Promise<Map<string, AudienceSource>> {
  if (held) {
    await manager.query(`SELECT 1 FROM audiences WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND source <> 'composition' ORDER BY id FOR SHARE`, [tenantId, ids]);
  }
  const rows: { id: string; source: AudienceSource }[] = await manager.query('SELECT id, source FROM audiences WHERE tenant_id = $1 AND id = ANY($2::uuid[])', [tenantId, ids]);
  return new Map(rows.map(({ id, source }) => [id, source]));
}

/** Waits for others who publish in the sandbox, and answers how many compositions but this one are published in it. */
export async function publishedCompositions(manager: EntityManager, tenantId: string, exceptId: string): Promise<number> {
  await manager.query('SELECT 1 FROM sandboxes WHERE tenant_id = $1 FOR UPDATE', [tenantId]);
  const rows: { count: number }[] = await manager.query(
    `SELECT count(*)::int AS count FROM audiences WHERE tenant_id = $1 AND source = 'composition' AND published AND id <> $2`,
    [tenantId, exceptId],
  );
  return rows[0]?.count ?? 0;
}
