import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { newSealingKey, SealBroken, SealingKeysInvalid, SealingKeyUnknown, SecretSealer, secretsEnv } from './index.js';

const OLD_KEY = newSealingKey('2026-01');
const NEW_KEY = newSealingKey('2026-02');
const BINDING = { tenantId: 'acme/prod', purpose: 'smtp-password' };

describe(SecretSealer.name, () => {
  it('opens what it sealed', () => {
    const sealer = new SecretSealer(OLD_KEY);

    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (secret) => {
        expect(sealer.open(sealer.seal(secret, BINDING), BINDING)).toBe(secret);
      }),
    );
  });

  it('never seals twice to the same text, and never shows the secret', () => {
    const sealer = new SecretSealer(OLD_KEY);

    const [first, second] = [sealer.seal('hunter2', BINDING), sealer.seal('hunter2', BINDING)];

    expect(first).not.toBe(second);
    expect(first).toMatch(/^2026-01\.[\w-]{16}\.[\w-]+$/);
    expect(Buffer.from(first, 'base64url').toString('latin1')).not.toContain('hunter2');
  });

  it('does not open for another tenant or another purpose', () => {
    const sealer = new SecretSealer(OLD_KEY);
    const sealed = sealer.seal('hunter2', BINDING);

    expect(() => sealer.open(sealed, { ...BINDING, tenantId: 'acme/dev' })).toThrow(SealBroken);
    expect(() => sealer.open(sealed, { ...BINDING, purpose: 'webhook-secret' })).toThrow(SealBroken);
  });

  it('does not open when a single character was changed', () => {
    const sealer = new SecretSealer(OLD_KEY);
    const sealed = sealer.seal('hunter2', BINDING);

    for (let at = sealed.indexOf('.') + 1; at < sealed.length - 1; at++) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      expect(() => sealer.open(changed, BINDING)).toThrow(SealBroken);
    }
  });

  it.each(['', 'x', 'x.y', 'x.y.z', '2026-01..', '2026-01.AAAA.AAAA', 'a.b.c.d'])('says that %j is not a sealed secret', (text) => {
    expect(() => new SecretSealer(OLD_KEY).open(text, BINDING)).toThrow(SealBroken);
  });

  it('opens with an older key after a rotation, seals with the new one, and knows which is which', () => {
    const sealed = new SecretSealer(OLD_KEY).seal('hunter2', BINDING);

    const rotated = new SecretSealer(`${NEW_KEY},${OLD_KEY}`);

    expect(rotated.open(sealed, BINDING)).toBe('hunter2');
    expect(rotated.isOutdated(sealed)).toBe(true);
    expect(rotated.isOutdated(rotated.seal('hunter2', BINDING))).toBe(false);
  });

  it('names the key that it was not given', () => {
    const sealed = new SecretSealer(OLD_KEY).seal('hunter2', BINDING);

    expect(() => new SecretSealer(NEW_KEY).open(sealed, BINDING)).toThrow(SealingKeyUnknown);
    expect(() => new SecretSealer(NEW_KEY).open(sealed, BINDING)).toThrow(/2026-01/);
  });
});

describe('SEALING_KEYS', () => {
  const schema = z.object(secretsEnv);

  it('takes one key or several', () => {
    expect(schema.safeParse({ SEALING_KEYS: OLD_KEY }).success).toBe(true);
    expect(schema.safeParse({ SEALING_KEYS: `${NEW_KEY}, ${OLD_KEY}` }).success).toBe(true);
  });

  it.each(['', 'no-colon', ':c2hvcnQ=', 'k:c2hvcnQ=', 'k:not base64', `${OLD_KEY},`, `${OLD_KEY},${OLD_KEY}`])('refuses %j without repeating it', (keys) => {
    expect(schema.safeParse({ SEALING_KEYS: keys }).success).toBe(false);
    expect(() => new SecretSealer(keys)).toThrow(SealingKeysInvalid);
    if (keys.length > 10) expect(() => new SecretSealer(keys)).not.toThrow(keys);
  });
});
