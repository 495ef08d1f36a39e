/**
 * Guarantee: what `seal` gives can be opened only with the key it names, for the same tenant and purpose, and only
 * unchanged. Each call draws a fresh nonce, so equal secrets do not look equal.
 * Limits: random nonces of 96 bits are good for 2^32 secrets per key (NIST SP 800-38D §8.3); the length of a secret shows.
 * Failure modes: a key that was removed from the settings makes its secrets unreadable, with an error that names its id.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { parseSealingKeys, type SealingKey } from './sealing-keys.js';
import { SealBroken, SealingKeyUnknown, SealingKeysInvalid } from './secrets.errors.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a secret is bound to: it opens nowhere else. */
export interface SecretBinding {
  tenantId: string;
  /** A word for the use, e.g. `smtp-password`. */
  purpose: string;
}

const associatedData = ({ tenantId, purpose }: SecretBinding): Buffer => Buffer.from(`${tenantId}\0${purpose}`);

export class SecretSealer {
  private readonly keys: ReadonlyMap<string, SealingKey>;
  private readonly current: SealingKey;

  /**
   * @param keys the value of `SEALING_KEYS`: the first key seals, all of them open
   * @throws SealingKeysInvalid
   */
  constructor(keys: string) {
    const parsed = parseSealingKeys(keys);
    const [current] = parsed;
    if (!current) throw new SealingKeysInvalid('there is no sealing key');
    this.current = current;
    this.keys = new Map(parsed.map((key) => [key.id, key]));
  }

  /** `<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url. */
  seal(plain: string, binding: SecretBinding): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.current.bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(binding));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${this.current.id}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  }

  /**
   * @throws SealingKeyUnknown when its key is not among ours
   * @throws SealBroken when it is malformed, changed, or bound to something else
   */
  open(sealed: string, binding: SecretBinding): string {
    const [keyId, nonce, body] = partsOf(sealed);
    const key = this.keys.get(keyId);
    if (!key) throw new SealingKeyUnknown(keyId);
    const decipher = createDecipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData(binding));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SealBroken('A sealed secret was changed, or belongs to another tenant or purpose.', cause);
    }
  }

  /** Whether the secret should be sealed again, because a newer key is there. */
  isOutdated(sealed: string): boolean {
    return partsOf(sealed)[0] !== this.current.id;
  }
}

function partsOf(sealed: string): [keyId: string, nonce: Buffer, body: Buffer] {
  const [keyId, nonceText, bodyText, ...rest] = sealed.split('.');
  const nonce = Buffer.from(nonceText ?? '', 'base64url');
  const body = Buffer.from(bodyText ?? '', 'base64url');
  if (!keyId || rest.length > 0 || nonce.length !== NONCE_BYTES || body.length < TAG_BYTES) {
    throw new SealBroken('A sealed secret is not of the form <key id>.<nonce>.<ciphertext and tag>.');
  }
  return [keyId, nonce, body];
}
