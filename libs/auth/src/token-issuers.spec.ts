import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiKey } from '@postrider/contracts';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWK } from 'jose';
import { DependencyUnavailable } from '@postrider/runtime';
import { authenticate, TokenIssuers, Unauthenticated, type JwtIssuer } from './index.js';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

const ISSUER = 'https://login.shop.test';
const AUDIENCE = 'postrider';

class IssuerServer {
  keys: JWK[] = [];
  requests = 0;
  broken = false;
  private readonly server: Server = createServer((_request, response) => {
    this.requests++;
    if (this.broken) response.writeHead(500).end();
    else response.end(JSON.stringify({ keys: this.keys }));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async publish(pair: Pair, kid: string): Promise<void> {
    this.keys.push({ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' });
  }
}

describe(TokenIssuers.name, () => {
  let server: IssuerServer;
  let pair: Pair;
  let config: JwtIssuer;
  let now: number;
  let issuers: TokenIssuers;

  beforeEach(async () => {
    server = new IssuerServer();
    pair = await generateKeyPair('ES256', { extractable: true });
    await server.publish(pair, 'one');
    config = { issuer: ISSUER, audience: AUDIENCE, jwksUrl: await server.start(), algorithms: ['ES256'] };
    now = 1_000_000;
    issuers = new TokenIssuers([config], { cooldownMs: 10_000, monotonicMs: () => now });
  });

  afterEach(() => server.stop());

  const aToken = (changes: Record<string, unknown> = {}, { kid = 'one', key = pair.privateKey } = {}): Promise<string> =>
    new SignJWT({ iss: ISSUER, aud: AUDIENCE, client_id: 'key-1', exp: Math.floor(Date.now() / 1_000) + 300, ...changes })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(key);

  it('tells which API key a valid token was issued to', async () => {
    await expect(issuers.verify(await aToken())).resolves.toEqual({ clientId: 'key-1', organizations: undefined });
    await expect(issuers.verify(await aToken({ client_id: undefined, azp: 'key-2' }))).resolves.toMatchObject({ clientId: 'key-2' });
  });

  it.each([
    ['expired', { exp: 1_000 }],
    ['without an expiry', { exp: undefined }],
    ['not valid yet', { nbf: Math.floor(Date.now() / 1_000) + 300 }],
    ['for another audience', { aud: 'someone-else' }],
    ['without an audience', { aud: undefined }],
    ['of an unknown issuer', { iss: 'https://evil.test' }],
    ['without an issuer', { iss: undefined }],
  ])('refuses a token %s', async (_case, changes) => {
    await expect(issuers.verify(await aToken(changes))).rejects.toThrow(Unauthenticated);
  });

  it('refuses a token that nobody signed', async () => {
    const unsecured = new UnsecuredJWT({ iss: ISSUER, aud: AUDIENCE, client_id: 'key-1' }).setExpirationTime('5m').encode();

    await expect(issuers.verify(unsecured)).rejects.toThrow(Unauthenticated);
  });

  it('refuses a token signed by HMAC with the public key as the secret', async () => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = { iss: ISSUER, aud: AUDIENCE, client_id: 'key-1', exp: Math.floor(Date.now() / 1_000) + 300 };
    const input = `${encode({ alg: 'HS256', kid: 'one' })}.${encode(claims)}`;
    const forged = `${input}.${createHmac('sha256', await exportSPKI(pair.publicKey)).update(input).digest('base64url')}`;

    await expect(issuers.verify(forged)).rejects.toThrow(Unauthenticated);
  });

  it('refuses an algorithm that the issuer is not configured for, even with a good signature', async () => {
    const other = new TokenIssuers([{ ...config, algorithms: ['RS256'] }]);

    await expect(other.verify(await aToken())).rejects.toThrow(Unauthenticated);
  });

  it('refuses a signature by a key that the issuer does not publish', async () => {
    const stranger = await generateKeyPair('ES256');

    await expect(issuers.verify(await aToken({}, { key: stranger.privateKey }))).rejects.toThrow(Unauthenticated);
  });

  it('asks the issuer once, however many tokens come at the same time', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => aToken({ jti: `${index}` })));

    await Promise.all(tokens.map((token) => issuers.verify(token)));

    expect(server.requests).toBe(1);
  });

  it('takes a new signing key as soon as a token names it', async () => {
    await issuers.verify(await aToken());
    const next = await generateKeyPair('ES256', { extractable: true });
    await server.publish(next, 'two');
    now += 10_001;

    await expect(issuers.verify(await aToken({}, { kid: 'two', key: next.privateKey }))).resolves.toMatchObject({ clientId: 'key-1' });
    expect(server.requests).toBe(2);
  });

  it('does not let forged key ids flood the issuer', async () => {
    await issuers.verify(await aToken());
    now += 10_001;

    for (let index = 0; index < 20; index++) {
      await expect(issuers.verify(await aToken({}, { kid: `forged-${index}` }))).rejects.toThrow(Unauthenticated);
    }

    expect(server.requests).toBe(2);
  });

  it('goes on with the keys last seen while the issuer is down, and gives them up after a day', async () => {
    await issuers.verify(await aToken());
    server.broken = true;
    now += 3_600_000;

    await expect(issuers.verify(await aToken({ jti: '1' }))).resolves.toBeDefined();
    now += 24 * 3_600_000;
    await expect(issuers.verify(await aToken({ jti: '2' }))).rejects.toThrow(DependencyUnavailable);
  });

  it('says that it cannot tell while the issuer has never answered, and recovers', async () => {
    server.broken = true;
    const token = await aToken();
    await expect(issuers.verify(token)).rejects.toThrow(DependencyUnavailable);

    server.broken = false;
    now += 10_001;

    await expect(issuers.verify(token)).resolves.toMatchObject({ clientId: 'key-1' });
  });

  describe('together with an API key', () => {
    const key: ApiKey = {
      kind: 'api-key', id: 'key-1', name: 'shop', orgId: 'acme', sandboxes: ['prod'], scopes: ['execute'], tokenHash: '0'.repeat(64), ratePerSecond: 5,
    };
    const headersWith = (token: string) => ({
      authorization: `Bearer ${token}`, 'x-api-key': 'key-1', 'x-gw-ims-org-id': 'acme', 'x-sandbox-name': 'prod',
    });

    it('authenticates the key that the token was issued to', async () => {
      const principal = await authenticate(headersWith(await aToken()), { find: () => key }, issuers);

      expect(principal).toMatchObject({ tenantId: 'acme/prod', keyId: 'key-1', ratePerSecond: 5 });
    });

    it('refuses a valid token that was issued to another key', async () => {
      const token = await aToken({ client_id: 'key-2' });

      await expect(authenticate(headersWith(token), { find: () => key }, issuers)).rejects.toThrow(Unauthenticated);
    });

    it('refuses an issuer that may not speak for the organization', async () => {
      const limited = new TokenIssuers([{ ...config, organizations: ['globex'] }]);

      await expect(authenticate(headersWith(await aToken()), { find: () => key }, limited)).rejects.toThrow(Unauthenticated);
    });

    it('refuses a revoked key although its token was seen a moment ago', async () => {
      const token = await aToken();
      await authenticate(headersWith(token), { find: () => key }, issuers);

      await expect(authenticate(headersWith(token), { find: () => undefined }, issuers)).rejects.toThrow(Unauthenticated);
    });
  });
});
