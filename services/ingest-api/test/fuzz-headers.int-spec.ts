import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Problem } from '@postrider/contracts';
import { aCall } from './builders.js';
import { RunningService } from './running-service.js';

jest.setTimeout(120_000);

const UNITARY = '/im/executions/unitary';
const CREDENTIALS = ['authorization', 'x-api-key', 'x-gw-ims-org-id', 'x-sandbox-name'];
const OTHERS = ['content-type', 'accept', 'accept-encoding', 'x-request-id', 'idempotency-replayed', 'x-forwarded-for', 'origin', 'cookie', 'range', 'if-match'];

let service: RunningService;
let campaignId: string;

beforeAll(async () => {
  service = await RunningService.prepare();
  await service.start();
  campaignId = (await service.campaign()).campaign.id;
});

afterAll(() => service.drop());

/** All that a header may hold on the wire: visible ASCII, blanks and Latin-1. */
const aByte = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) }, fc.integer({ min: 0xa0, max: 0xff })).map((code) => String.fromCharCode(code));
const aValue = fc.oneof(
  fc.string({ unit: aByte, maxLength: 300 }),
  fc.string({ unit: aByte, maxLength: 40 }).map((token) => `Bearer ${token}`),
  fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => `Bearer ${parts.join('.')}`),
  fc.constantFrom('__proto__', 'constructor', 'application/json; charset=utf-16', 'text/plain', '*/*', 'Bearer eyJhbGciOiJub25lIn0.e30.'),
);
const headersOf = (names: string[]) => fc.dictionary(fc.constantFrom(...names), aValue, { minKeys: 1 });

const expectOurs = (status: number, { code }: Problem): void => {
  expect(status).toBeLessThan(500);
  if (status >= 400) expect(typeof code).toBe('string');
};

describe('whatever is in the headers', () => {
  it('lets nobody in who has not the credentials, and is no failure of ours', async () => {
    await fc.assert(
      fc.asyncProperty(headersOf(CREDENTIALS), async (headers) => {
        const own = service.credentials();
        const isChanged = Object.entries(headers).some(([name, value]) => value.trim() !== own[name]);

        const { status, body } = await service.call<Problem>('POST', UNITARY, aCall(campaignId), headers);

        expectOurs(status, body);
        if (isChanged) expect([401, 403]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });

  it('of the others changes only how the body is read', async () => {
    await fc.assert(
      fc.asyncProperty(headersOf(OTHERS), async (headers) => {
        const { status, body } = await service.call<Problem>('POST', UNITARY, aCall(campaignId), headers);

        expectOurs(status, body);
        expect([202, 400, 415]).toContain(status);
        if (!('content-type' in headers)) expect(status).toBe(202);
      }),
      { numRuns: 150 },
    );
  });
});

describe('whatever is in a query or a path', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }).filter((one) => one.isWellFormed()), fc.webPath(), fc.constantFrom('true', 'sent', 'MA', 'UMA-1'));
  const aQuery = fc.array(fc.tuple(fc.constantFrom('dryRun', 'requestId', 'campaignId', 'state', 'cursor', '__proto__', 'state[]', 'cursor[a]'), text), { maxLength: 6 });

  it('finds nothing and breaks nothing', async () => {
    await fc.assert(
      fc.asyncProperty(text, aQuery, fc.constantFrom('', '/recipients'), fc.constantFrom('GET', 'DELETE', 'PUT', 'PATCH'), async (id, fields, end, method) => {
        const query = new URLSearchParams(fields).toString();

        const { status, body } = await service.call<Problem>(method, `/im/executions/${encodeURIComponent(id)}${end}?${query}`);

        expectOurs(status, body);
        expect([400, 404, 414]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });

  it('of a list of executions finds nothing and breaks nothing', async () => {
    await fc.assert(
      fc.asyncProperty(aQuery, async (fields) => {
        const { status, body } = await service.call<Problem>('GET', `/im/executions?${new URLSearchParams(fields).toString()}`);

        expectOurs(status, body);
        expect([400, 404, 414]).toContain(status);
      }),
      { numRuns: 100 },
    );
  });
});
