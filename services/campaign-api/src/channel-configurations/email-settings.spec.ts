import { describe, expect, it } from '@jest/globals';
import { ChannelConfigurationInput, SECRET_PURPOSE, type EmailSettingsInput } from '@postrider/contracts';
import { SecretSealer } from '@postrider/secrets';
import { InvalidBody } from '../edge/edge.errors.js';
import type { ChannelConfigurationRow } from './channel-configuration.entity.js';
import { configurationOfChannel, infoOfChannel, sealedSettings } from './email-settings.js';

const sealer = new SecretSealer(`k1:${Buffer.alloc(32, 7).toString('base64')}`);
const TENANT = 'acme/prod';

const settings = (provider: Record<string, unknown>): EmailSettingsInput =>
  ChannelConfigurationInput.parse({
    name: 'orders', channel: 'email', category: 'transactional',
    email: { fromAddress: 'orders@shop.test', provider: { type: 'smtp', host: 'mail.shop.test', port: 587, username: 'shop', ...provider } },
  }).email;

const stored = sealedSettings(settings({ password: 'first' }), undefined, TENANT, sealer);
const passwordIn = (email: ChannelConfigurationRow['email']): string | null =>
  email.provider.sealedPassword && sealer.open(email.provider.sealedPassword, { tenantId: TENANT, purpose: SECRET_PURPOSE.smtpPassword });

describe(sealedSettings.name, () => {
  it('seals the password for this tenant and purpose', () => {
    expect(JSON.stringify(stored)).not.toContain('first');
    expect(passwordIn(stored)).toBe('first');
    expect(() => sealer.open(stored.provider.sealedPassword ?? '', { tenantId: 'globex/prod', purpose: SECRET_PURPOSE.smtpPassword })).toThrow();
  });

  it('keeps the password that an edit leaves out, and removes or replaces it when told to', () => {
    expect(passwordIn(sealedSettings(settings({}), stored, TENANT, sealer))).toBe('first');
    expect(passwordIn(sealedSettings(settings({ password: null }), stored, TENANT, sealer))).toBeNull();
    expect(passwordIn(sealedSettings(settings({ password: 'second' }), stored, TENANT, sealer))).toBe('second');
  });

  it.each([{ host: 'evil.test' }, { port: 25 }, { tls: 'none' }])('never gives a kept password to another server: %j', (change) => {
    expect(() => sealedSettings(settings(change), stored, TENANT, sealer)).toThrow(InvalidBody);
    expect(passwordIn(sealedSettings(settings({ ...change, password: 'again' }), stored, TENANT, sealer))).toBe('again');
  });
});

describe(infoOfChannel.name, () => {
  it('says whether there is a password and never which, while the other services get it sealed', () => {
    const now = new Date();
    const row: ChannelConfigurationRow = {
      id: 'c-1', tenantId: TENANT, name: 'orders', channel: 'email', category: 'transactional', email: stored, revision: 1, createdAt: now, updatedAt: now,
    };

    const info = infoOfChannel(row);

    expect(info.email.provider).toEqual({
      type: 'smtp', host: 'mail.shop.test', port: 587, tls: 'starttls', username: 'shop', hasPassword: true, maxConnections: 5, ratePerSecond: null,
    });
    expect(configurationOfChannel(row).email.provider.sealedPassword).toBe(stored.provider.sealedPassword);
  });
});
