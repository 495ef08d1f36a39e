import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { authEnv } from './index.js';

const schema = z.object(authEnv);
const anIssuer = (changes: object = {}) => ({
  issuer: 'https://login.shop.test', audience: 'postrider', jwksUrl: 'https://login.shop.test/keys', algorithms: ['RS256'], ...changes,
});
const parse = (issuers: unknown) => schema.safeParse({ JWT_ISSUERS: JSON.stringify(issuers) });

describe('JWT_ISSUERS', () => {
  it('is none by default', () => {
    expect(schema.parse({})).toEqual({ JWT_ISSUERS: [] });
  });

  it('takes issuers with public keys on HTTPS, or on this machine', () => {
    expect(parse([anIssuer()]).success).toBe(true);
    expect(parse([anIssuer({ jwksUrl: 'http://127.0.0.1:9000/keys', organizations: ['acme'] })]).success).toBe(true);
  });

  it.each([
    ['a shared secret', anIssuer({ algorithms: ['HS256'] })],
    ['no signature', anIssuer({ algorithms: ['none'] })],
    ['no algorithm', anIssuer({ algorithms: [] })],
    ['plain HTTP', anIssuer({ jwksUrl: 'http://login.shop.test/keys' })],
    ['a file', anIssuer({ jwksUrl: 'file:///etc/passwd' })],
    ['no audience', anIssuer({ audience: '' })],
    ['a misspelt setting', anIssuer({ audiance: 'x' })],
  ])('refuses %s', (_case, issuer) => {
    expect(parse([issuer]).success).toBe(false);
  });

  it('refuses an issuer named twice, and what is not JSON', () => {
    expect(parse([anIssuer(), anIssuer()]).success).toBe(false);
    expect(schema.safeParse({ JWT_ISSUERS: '{' }).success).toBe(false);
  });
});
