import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiKey } from '@postrider/contracts';
import { authenticate, ForbiddenSandbox, ForbiddenScope, newApiKey, requireScope, TokenIssuers, Unauthenticated, type KeyDirectory } from './index.js';

const issuers = new TokenIssuers([]);
const { apiKey, token, tokenHash } = newApiKey();

const aKey = (changes: Partial<ApiKey> = {}): ApiKey => ({
  kind: 'api-key',
  id: apiKey,
  name: 'shop',
  orgId: 'acme',
  sandboxes: ['prod', 'dev'],
  scopes: ['execute'],
  tokenHash,
  ratePerSecond: null,
  ...changes,
});
const someHeaders = (changes: Record<string, string | string[] | undefined> = {}) => ({
  authorization: `Bearer ${token}`,
  'x-api-key': apiKey,
  'x-gw-ims-org-id': 'acme',
  'x-sandbox-name': 'prod',
  ...changes,
});

describe(authenticate.name, () => {
  let keys: Map<string, ApiKey>;
  const directory: KeyDirectory = { find: (id) => keys.get(id) };

  beforeEach(() => {
    keys = new Map([[apiKey, aKey()]]);
  });

  it('tells who calls for which tenant', async () => {
    const principal = await authenticate(someHeaders(), directory, issuers);

    expect(principal).toEqual({ tenantId: 'acme/prod', orgId: 'acme', sandbox: 'prod', keyId: apiKey, scopes: ['execute'], ratePerSecond: null });
  });

  it('takes a directory that answers later', async () => {
    const slow: KeyDirectory = { find: async (id) => keys.get(id) };

    await expect(authenticate(someHeaders(), slow, issuers)).resolves.toMatchObject({ tenantId: 'acme/prod' });
  });

  it.each([
    ['no authorization', { authorization: undefined }],
    ['another scheme', { authorization: `Basic ${token}` }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a wrong token', { authorization: `Bearer ${newApiKey().token}` }],
    ['the hash as the token', { authorization: `Bearer ${tokenHash}` }],
    ['something like a JWT', { authorization: 'Bearer a.b.c' }],
    ['no key', { 'x-api-key': undefined }],
    ['an unknown key', { 'x-api-key': 'unknown' }],
    ['a key given twice', { 'x-api-key': [apiKey, apiKey] }],
    ['no organization', { 'x-gw-ims-org-id': undefined }],
    ['another organization', { 'x-gw-ims-org-id': 'globex' }],
    ['the property name of an object as the key', { 'x-api-key': '__proto__' }],
  ])('gives one and the same answer to %s', async (_case, changes) => {
    const answer = authenticate(someHeaders(changes), directory, issuers);

    await expect(answer).rejects.toThrow(Unauthenticated);
    await expect(answer).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401, message: new Unauthenticated().message });
  });

  it('forgets a key as soon as the directory does', async () => {
    await authenticate(someHeaders(), directory, issuers);

    keys.clear();

    await expect(authenticate(someHeaders(), directory, issuers)).rejects.toThrow(Unauthenticated);
  });

  it('refuses a sandbox that the key does not have, and none at all', async () => {
    await expect(authenticate(someHeaders({ 'x-sandbox-name': 'stage' }), directory, issuers)).rejects.toThrow(ForbiddenSandbox);
    await expect(authenticate(someHeaders({ 'x-sandbox-name': undefined }), directory, issuers)).rejects.toThrow(ForbiddenSandbox);
  });

  it('says nothing about sandboxes to callers who are not authenticated', async () => {
    const answer = authenticate(someHeaders({ 'x-sandbox-name': 'stage', authorization: 'Bearer wrong' }), directory, issuers);

    await expect(answer).rejects.toThrow(Unauthenticated);
  });
});

describe(requireScope.name, () => {
  it('asks for exactly the scope', async () => {
    const principal = await authenticate(someHeaders(), { find: () => aKey({ scopes: ['admin'] }) }, issuers);

    expect(() => requireScope(principal, 'admin')).not.toThrow();
    expect(() => requireScope(principal, 'execute')).toThrow(ForbiddenScope);
  });
});
