import { describe, expect, it } from '@jest/globals';
import { AppError } from '@postrider/runtime';
import { aCall, aCallRecipient } from '../../test/builders.js';
import { readCall } from './read-call.js';

interface Refusal {
  code: string;
  faults: { path: string; code: string; index?: number; userId?: string }[];
}

function refusalOf(body: unknown): Refusal {
  try {
    readCall(body);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, faults: [...(error.faults ?? [])] };
    throw error;
  }
  throw new Error('It was not refused.');
}

const recipients = (...overrides: object[]): object => ({ ...aCall('c'), recipients: overrides.map((one) => ({ ...aCallRecipient({ userId: 'ada' }), ...one })) });
const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown;

describe(readCall.name, () => {
  it('answers a body that is right as it is, with fields that only Adobe knows', () => {
    const body = recipients({ mergePolicyName: 'default', channelData: { pushInfo: { appID: 'a' } }, context: null, profile: null });

    expect(readCall(body)).toBe(body);
  });

  it.each([undefined, null, 'text', 7, [], true])('refuses %p', (body) => {
    expect(refusalOf(body).code).toBe('INVALID_BODY');
  });

  it('names every fault at once, with the pointer, the index and whose it is', () => {
    const body = {
      requestId: 'x'.repeat(257), campaignId: '', failureMode: 'some', expiresAt: 'tomorrow', 'send/At': 1,
      recipients: [{ type: 'other', userId: 'ada', namespace: '', context: [] }, 'bob', { type: 'aep', userId: 1, namespace: 'email', channelData: { emailAddress: 5 } }],
    };

    const { code, faults } = refusalOf(body);

    expect(code).toBe('INVALID_BODY');
    expect(faults.map(({ path }) => path)).toEqual([
      '/send~1At', '/requestId', '/campaignId', '/expiresAt', '/failureMode',
      '/recipients/0/type', '/recipients/0/namespace', '/recipients/0/context', '/recipients/1', '/recipients/2/userId', '/recipients/2/channelData/emailAddress',
    ]);
    expect(faults[5]).toMatchObject({ index: 0, userId: 'ada' });
  });

  it('takes 20 recipients and not 21, and not none', () => {
    const many = (length: number) => ({ ...aCall('c'), recipients: Array.from({ length }, () => aCallRecipient()) });

    expect(readCall(many(20)).recipients).toHaveLength(20);
    expect(refusalOf(many(21)).code).toBe('TOO_MANY_RECIPIENTS');
    expect(refusalOf(many(0)).code).toBe('NO_RECIPIENTS');
  });

  it('refuses context.system, and says so beside other faults', () => {
    expect(refusalOf(recipients({ context: { system: {} } }))).toMatchObject({ code: 'RESERVED_CONTEXT', faults: [{ path: '/recipients/0/context/system', index: 0, userId: 'ada' }] });
    expect(refusalOf(recipients({ context: { system: {} }, type: 'x' })).faults.map(({ code }) => code).sort()).toEqual(['INVALID_BODY', 'RESERVED_CONTEXT']);
  });

  it('refuses a body nested so deep that walking it would take the stack', () => {
    expect(refusalOf(recipients({ context: { a: nested(40) } })).code).toBe('INVALID_BODY');
    expect(refusalOf(recipients({ other: nested(200_000) })).code).toBe('INVALID_BODY');
    expect(readCall(recipients({ context: { a: nested(20) } }))).toBeDefined();
  });

  it('refuses text that Postgres would not take, where it is carried on', () => {
    const faulty = recipients({ context: { a: [{ b: 'nul\0' }] } }, { profile: { name: 'half \ud83d' } }, { context: { 'na\0me': 1 } }, { userId: 'nul\0' });

    expect(refusalOf(faulty).faults.map(({ path }) => path)).toEqual(['/recipients/0/context/a/0/b', '/recipients/1/profile/name', '/recipients/2/context']);
  });

  it('refuses a number that JSON can write and nobody can carry on: it would arrive as null', () => {
    const body = JSON.parse(JSON.stringify(recipients({ context: { order: 'N' } }, { profile: { list: ['N'] } })).replaceAll('"N"', '1e400')) as unknown;

    expect(refusalOf(body).faults.map(({ path }) => path)).toEqual(['/recipients/0/context/order', '/recipients/1/profile/list/0']);
  });

  it.each(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123+02:00', '2026-01-01T00:00Z', '9999-12-31T23:59:59Z'])('takes %s as an instant', (expiresAt) => {
    expect(readCall(aCall('c', { expiresAt }))).toBeDefined();
  });

  it.each(['2026-01-01', '2026-01-01T00:00:00', '2026-13-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '0001-01-01T00:00:00+00:01', 17, null])('does not take %p as an instant', (expiresAt) => {
    expect(refusalOf({ ...aCall('c'), expiresAt }).faults).toMatchObject([{ path: '/expiresAt' }]);
  });
});
