import type { EntityManager } from 'typeorm';

/** Whether a campaign that takes calls, or will, sends by this channel configuration. */
export async function isInUse(manager: EntityManager, tenantId: string, channelConfigurationId: string): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    `SELECT 1 FROM campaign_versions v JOIN campaigns c ON c.live_version_id = v.id
      WHERE v.channel_configuration_id = $1 AND c.tenant_id = $2 AND c.status IN ('Live', 'Scheduled') LIMIT 1`,
    [channelConfigurationId, tenantId],
  );
  return rows.length > 0;
}
