import { randomBytes } from 'node:crypto';
import { SECRET_PURPOSE } from '@postrider/contracts';
import type { SecretSealer } from '@postrider/secrets';

/** Standard Webhooks 1.0: 24 to 64 bytes. */
const SECRET_BYTES = 32;

/** `whsec_` and the key in base64, as libraries for Standard Webhooks take it. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

export const sealSecret = (sealer: SecretSealer, tenantId: string, secret: string): string => sealer.seal(secret, { tenantId, purpose: SECRET_PURPOSE.webhookSecret });

export const sealHeaders = (sealer: SecretSealer, tenantId: string, headers: Readonly<Record<string, string>>): string =>
  sealer.seal(JSON.stringify(headers), { tenantId, purpose: SECRET_PURPOSE.webhookHeaders });
