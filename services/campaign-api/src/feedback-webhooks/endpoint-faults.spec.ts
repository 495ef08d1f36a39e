import { describe, expect, it } from '@jest/globals';
import { endpointFaults } from './endpoint-faults.js';
import { newWebhookSecret } from './webhook-secrets.js';

describe(endpointFaults.name, () => {
  it('finds nothing wrong with an HTTPS address and headers of the customer', () => {
    expect(endpointFaults({ url: 'https://shop.test/hook?x=1', headers: { authorization: 'Bearer x', 'x-tenant': '1' } }, false)).toEqual([]);
  });

  it('takes plain HTTP only where the operator allows it', () => {
    expect(endpointFaults({ url: 'http://shop.test/' }, false)).toEqual([expect.objectContaining({ path: '/url' })]);
    expect(endpointFaults({ url: 'http://127.0.0.1:9/' }, true)).toEqual([]);
  });

  it.each(['https://user:secret@shop.test/', 'https://shop.test/#part'])('refuses %s', (url) => {
    expect(endpointFaults({ url }, false)).toEqual([expect.objectContaining({ path: '/url' })]);
  });

  it.each([{ Host: 'a' }, { 'Webhook-Signature': 'v1,x' }, { 'content-length': '1' }, { 'X-A': '1', 'x-a': '2' }])('refuses headers that are not the customer\'s to set: %j', (headers) => {
    expect(endpointFaults({ headers: headers as unknown as Record<string, string> }, false)).toHaveLength(1);
  });
});

describe(newWebhookSecret.name, () => {
  it('is 32 random bytes in the form of Standard Webhooks', () => {
    const [one, other] = [newWebhookSecret(), newWebhookSecret()];

    expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(one).not.toBe(other);
  });
});
