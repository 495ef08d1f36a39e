import { SECRET_PURPOSE, type ChannelConfiguration, type ChannelConfigurationInfo, type EmailSettingsInput } from '@postrider/contracts';
import type { SecretSealer } from '@postrider/secrets';
import { InvalidBody } from '../edge/edge.errors.js';
import type { ChannelConfigurationRow } from './channel-configuration.entity.js';

type EmailSettings = ChannelConfiguration['email'];

/**
 * Settings as they are stored. A password that is left out of an edit is kept, but only for the server it was given
 * for: whoever may edit must not be able to send it to a server of theirs.
 * @throws InvalidBody when the server changes and the password is not given again
 */
export function sealedSettings(input: EmailSettingsInput, before: EmailSettings | undefined, tenantId: string, sealer: SecretSealer): EmailSettings {
  const { password, ...provider } = input.provider;
  return { ...input, provider: { ...provider, sealedPassword: sealedPassword() } };

  function sealedPassword(): string | null {
    if (password === null) return null;
    if (password !== undefined) return sealer.seal(password, { tenantId, purpose: SECRET_PURPOSE.smtpPassword });
    const kept = before?.provider.sealedPassword ?? null;
    if (kept !== null && before && !isSameServer(before.provider, provider)) {
      throw new InvalidBody([{ path: '/email/provider/password', code: 'REQUIRED', message: 'Give the password again (or null): the server changes.' }]);
    }
    return kept;
  }
}

type Server = Pick<EmailSettings['provider'], 'host' | 'port' | 'tls'>;

const isSameServer = (a: Server, b: Server): boolean => a.host === b.host && a.port === b.port && a.tls === b.tls;

/** What the other services need to know. */
export function configurationOfChannel(row: ChannelConfigurationRow): ChannelConfiguration {
  return { kind: 'channel-configuration', id: row.id, tenantId: row.tenantId, name: row.name, channel: row.channel, category: row.category, email: row.email };
}

export function infoOfChannel(row: ChannelConfigurationRow): ChannelConfigurationInfo {
  const { sealedPassword, ...provider } = row.email.provider;
  return {
    id: row.id,
    name: row.name,
    channel: row.channel,
    category: row.category,
    email: { ...row.email, provider: { ...provider, hasPassword: sealedPassword !== null } },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
