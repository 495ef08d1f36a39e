import { hash, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SECRET_PURPOSE, type Channel, type WebhookEndpoint } from '@postrider/contracts';
import { ConfigurationTable } from '@postrider/kafka';
import { SecretSealer } from '@postrider/secrets';
import { signingKeyOf } from './signature.js';

/** An endpoint with its secrets open, ready to be called. */
export interface CallableEndpoint {
  endpoint: WebhookEndpoint;
  /** One for each valid secret. */
  keys: readonly KeyObject[];
  headers: Readonly<Record<string, string>>;
}

/** Headers that are ours to set, or the connection's. */
const RESERVED_HEADER = /^(webhook-.*|content-(type|length|encoding)|host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|proxy-.*)$/i;

/** Every endpoint, by tenant and by id, as the administrators left it a moment ago. */
@Injectable()
export class EndpointDirectory {
  private byTenant: Map<string, WebhookEndpoint[]> | undefined;
  private readonly opened = new Map<string, CallableEndpoint>();

  constructor(
    private readonly table: ConfigurationTable,
    private readonly sealer: SecretSealer,
  ) {
    table.onChange(({ kind, id }) => {
      if (kind !== 'webhook-endpoint') return;
      this.byTenant = undefined;
      this.opened.delete(id);
    });
  }

  find(id: string): WebhookEndpoint | undefined {
    return this.table.get('webhook-endpoint', id);
  }

  /** The enabled endpoints of a tenant that listen to a channel. */
  listeners(tenantId: string, channel: Channel): WebhookEndpoint[] {
    return (this.index().get(tenantId) ?? []).filter((endpoint) => endpoint.channels.includes(channel));
  }

  /** Ids of all enabled endpoints. */
  enabledIds(): string[] {
    return [...this.index().values()].flat().map(({ id }) => id);
  }

  /** @throws SealBroken, SealingKeyUnknown, TypeError when its secrets cannot be used */
  open(endpoint: WebhookEndpoint): CallableEndpoint {
    const known = this.opened.get(endpoint.id);
    if (known?.endpoint === endpoint) return known;
    const { tenantId } = endpoint;
    const keys = endpoint.sealedSecrets.map((sealed) => signingKeyOf(this.sealer.open(sealed, { tenantId, purpose: SECRET_PURPOSE.webhookSecret })));
    const headers = JSON.parse(this.sealer.open(endpoint.sealedHeaders, { tenantId, purpose: SECRET_PURPOSE.webhookHeaders })) as Record<string, string>;
    const callable = { endpoint, keys, headers: withoutReserved(headers) };
    this.opened.set(endpoint.id, callable);
    return callable;
  }

  private index(): Map<string, WebhookEndpoint[]> {
    this.byTenant ??= Map.groupBy(this.table.all('webhook-endpoint').filter(({ enabled }) => enabled), ({ tenantId }) => tenantId);
    return this.byTenant;
  }
}

const withoutReserved = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !RESERVED_HEADER.test(name)).map(([name, value]) => [name.toLowerCase(), value]));

/** Changes with every edit of the endpoint. */
export function versionOf(endpoint: WebhookEndpoint): string {
  return hash('sha256', JSON.stringify(endpoint), 'hex');
}
