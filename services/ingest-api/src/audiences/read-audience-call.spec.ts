import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '@postrider/runtime';
import { readAudienceCall } from './read-audience-call.js';

/** `taken`, or the code of the refusal and where the faults are. */
function outcome(body: unknown): string {
  try {
    readAudienceCall(body);
    return 'taken';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [error.code, ...(error.faults ?? []).map(({ path }) => path)].join(' ');
  }
}

describe(readAudienceCall.name, () => {
  it.each([
    { campaignId: 'c' },
    { campaignId: 'c', requestId: 'x'.repeat(256), audience: { id: 'a' }, context: { any: [{ thing: null }] }, expiresAt: '2026-01-01T00:00:00.123456+02:00' },
    { campaignId: 'c', schedule: { executeAt: '2026-01-01T00:00:00Z' } },
  ])('takes %j', (body) => {
    expect(outcome(body)).toBe('taken');
  });

  it.each<[unknown, string]>([
    [null, 'INVALID_BODY'], ['text', 'INVALID_BODY'], [[], 'INVALID_BODY'],
    [{ campaignId: '' }, 'INVALID_BODY /campaignId'], [{ campaignId: 'a\ud800' }, 'INVALID_BODY /campaignId'],
    [{ campaignId: 'c', requestId: 'x'.repeat(257) }, 'INVALID_BODY /requestId'], [{ campaignId: 'c', requestId: null }, 'INVALID_BODY /requestId'],
    [{ campaignId: 'c', executeAt: '2026-01-01T00:00:00Z', 'a/b': 1 }, 'INVALID_BODY /executeAt /a~1b'],
    [{ campaignId: 'c', schedule: {} }, 'INVALID_BODY /schedule/executeAt'], [{ campaignId: 'c', expiresAt: '0000-01-01T00:00:00Z' }, 'INVALID_BODY /expiresAt'],
    [{ campaignId: 'c', context: { system: 1 } }, 'RESERVED_CONTEXT /context/system'], [{ campaignId: 'c', context: { 'a\u0000': 1 } }, 'INVALID_BODY /context'],
    [{ campaignId: 'c', context: { list: [1, Infinity] } }, 'INVALID_BODY /context/list/1'],
  ])('of %j says %s', (body, expected) => {
    expect(outcome(body)).toBe(expected);
  });

  it('bounds the depth, without being ended by it', () => {
    const deep = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => ({ inner }), 1);

    expect(outcome({ campaignId: 'c', context: deep(20) })).toBe('taken');
    expect(outcome({ campaignId: 'c', context: deep(40) })).toMatch(/^INVALID_BODY/);
    expect(outcome({ campaignId: 'c', context: deep(5_000) })).toMatch(/^INVALID_BODY/);
  });

  it('answers every body there is with a call or a refusal', () => {
    const body = fc.record({ campaignId: fc.anything(), requestId: fc.anything(), audience: fc.anything(), context: fc.anything(), schedule: fc.anything() }, { requiredKeys: [] });

    fc.assert(fc.property(fc.oneof(body, fc.anything()), (value) => ['taken', 'INVALID_BODY', 'RESERVED_CONTEXT'].includes(outcome(value).split(' ')[0] ?? '')));
  });
});
