import { Injectable } from '@nestjs/common';
import type { Channel, RecipientResolved } from '@postrider/contracts';
import { normaliseIdentity } from '@postrider/identity';
import { ConfigurationTable } from '@postrider/kafka';
import type { StoredIdentity } from '../profiles/identity-key.js';

/** Where a channel looks for people whose campaign names them in another standard namespace. */
const DEFAULT_NAMESPACES: Readonly<Record<Channel, string>> = { email: 'email' };

/**
 * Under which identity an unknown recipient gets a profile: in the recipient's own namespace where that is custom, in the
 * channel's default one where it is standard.
 */
@Injectable()
export class CreatedIdentities {
  constructor(private readonly table: ConfigurationTable) {}

  of(recipient: RecipientResolved): StoredIdentity {
    const { tenantId, channel, userId, identity } = recipient;
    const own = recipient.namespace.toLowerCase();
    const definition = this.table.get('namespace', `${tenantId}/${own}`);
    const namespace = definition && !definition.custom ? DEFAULT_NAMESPACES[channel] : own;
    if (namespace === own) return { tenantId, namespace, value: identity };
    // The region matters to phone numbers only.
    return { tenantId, namespace, value: normaliseIdentity(namespace, userId, '') };
  }
}
