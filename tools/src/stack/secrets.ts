import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Made at the first start of a stack and kept with its data. */
export interface StackSecrets {
  internalToken: string;
  sealingKeys: string;
  databasePassword: string;
  apiKey: string;
  token: string;
}

export function secretsIn(dir: string): StackSecrets {
  const file = join(dir, 'data', 'secrets.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackSecrets;
  } catch {
    const secrets: StackSecrets = {
      internalToken: randomBytes(24).toString('base64url'),
      sealingKeys: `local:${randomBytes(32).toString('base64')}`,
      databasePassword: randomBytes(18).toString('base64url'),
      apiKey: randomBytes(16).toString('hex'),
      token: randomBytes(32).toString('base64url'),
    };
    mkdirSync(join(dir, 'data'), { recursive: true });
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    return secrets;
  }
}
