import type { EntityManager, FindOneOptions, ObjectLiteral } from 'typeorm';
import { AudienceRow } from '../audiences/audience.entity.js';
import { ChannelConfigurationRow } from '../channel-configurations/channel-configuration.entity.js';
import { NamespaceRow } from '../namespaces/namespace.entity.js';
import { shieldsOf } from '../sandboxes/organization-store.js';
import type { Surroundings } from './activation-check.js';
import type { CampaignVersionRow } from './campaign-version.entity.js';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What a version refers to. In a transaction it is locked, so that it cannot be deleted between a check and the commit. */
export async function surroundingsOf(manager: EntityManager, version: CampaignVersionRow): Promise<Omit<Surroundings, 'campaign' | 'now'>> {
  const { tenantId, identityType } = version;
  return {
    channelConfiguration: await held(manager, ChannelConfigurationRow, tenantId, version.channelConfigurationId),
    hasNamespace: await manager.existsBy(NamespaceRow, { tenantId, code: identityType.toLowerCase() }),
    audience: await held(manager, AudienceRow, tenantId, version.audienceId),
    shields: await shieldsOf(manager, tenantId),
  };
}

async function held<Row extends ObjectLiteral>(manager: EntityManager, of: new () => Row, tenantId: string, id: string | null): Promise<Row | undefined> {
  if (id === null || !UUID.test(id)) return undefined;
  const lock = manager.queryRunner?.isTransactionActive ? ({ lock: { mode: 'pessimistic_read' } } as const) : {};
  const options = { where: { tenantId, id }, ...lock } as unknown as FindOneOptions<Row>;
  return (await manager.findOne(of, options)) ?? undefined;
}
