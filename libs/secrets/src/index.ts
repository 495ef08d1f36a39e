export { secretsEnv } from './config.js';
export { SecretSealer } from './secret-sealer.js';
export type { SecretBinding } from './secret-sealer.js';
export { newSealingKey, parseSealingKeys } from './sealing-keys.js';
export type { SealingKey } from './sealing-keys.js';
export { SealBroken, SealingKeyUnknown, SealingKeysInvalid } from './secrets.errors.js';
