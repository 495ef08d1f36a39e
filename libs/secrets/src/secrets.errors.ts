import { AppError } from '@postrider/runtime';

/** The setting `SEALING_KEYS` cannot be used. */
export class SealingKeysInvalid extends AppError {
  constructor(detail: string) {
    super({ code: 'SEALING_KEYS_INVALID', kind: 'bug', detail });
  }
}

/** A secret was sealed with a key that this process was not given. */
export class SealingKeyUnknown extends AppError {
  constructor(keyId: string) {
    super({
      code: 'SEALING_KEY_UNKNOWN',
      kind: 'bug',
      detail: `A secret was sealed with the key "${keyId}", which is not in SEALING_KEYS. Add it behind the present one.`,
    });
  }
}

/** A sealed secret is malformed, was tampered with, or belongs to another tenant or purpose. */
export class SealBroken extends AppError {
  constructor(detail: string, cause?: unknown) {
    super({ code: 'SEAL_BROKEN', kind: 'bug', detail, cause });
  }
}
