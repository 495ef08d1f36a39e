import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { UnitaryCall } from '@postrider/contracts';
import { AppError } from '@postrider/runtime';
import { TENANT, aCall, aCallRecipient, aCampaign } from '../../test/builders.js';
import { answerOf, decide, type Decision } from './decision.js';
import type { JudgedRecipient } from './judge-recipients.js';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const CODES = ['INVALID_IDENTITY', 'NAMESPACE_MISMATCH', 'MALFORMED_ADDRESS', 'NO_ADDRESS', 'CONTEXT_INVALID', 'UNKNOWN_PROFILE'];
const { version } = aCampaign();

/** A recipient with a fault of each code. */
function judgedWith(index: number, ...codes: string[]): JudgedRecipient {
  const recipient = aCallRecipient();
  const faults = codes.map((code) => ({ path: `/recipients/${index}`, code, message: code, index, userId: recipient.userId }));
  return { index, recipient, identity: recipient.userId, recipientKey: `key-${index}`, faults };
}

function decideOn(judged: JudgedRecipient[], changes: Partial<UnitaryCall> = {}): Decision {
  const call = aCall('c', { ...changes, recipients: judged.map(({ recipient }) => recipient) });
  return decide({ tenantId: TENANT, call, version, throughput: 'standard', judged, now: NOW });
}

function refusalOf(...input: Parameters<typeof decideOn>): AppError | undefined {
  try {
    decideOn(...input);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

const outcomes = fc.array(fc.constantFrom(undefined, ...CODES), { minLength: 1, maxLength: 20 });
const judgedOf = (codes: readonly (string | undefined)[]): JudgedRecipient[] => codes.map((code, index) => judgedWith(index, ...(code === undefined ? [] : [code])));

describe(decide.name, () => {
  it('is all or nothing by default: one bad recipient refuses the call, and every bad one is named', () => {
    fc.assert(
      fc.property(outcomes, fc.constantFrom(undefined, 'all' as const), (codes, failureMode) => {
        const refused = refusalOf(judgedOf(codes), failureMode && { failureMode });

        expect(refused?.faults?.map(({ code }) => code) ?? []).toEqual(codes.filter((code) => code !== undefined));
      }),
    );
  });

  it('takes the good ones where the caller takes a part, each recipient with its own result in the order of the call', () => {
    fc.assert(
      fc.property(outcomes.filter((codes) => codes.includes(undefined)), (codes) => {
        const { accepted, results } = decideOn(judgedOf(codes), { failureMode: 'partial' });

        expect(results.map(({ index, result, error }) => [index, result, error?.code])).toEqual(codes.map((code, i) => [i, code === undefined ? 'accepted' : 'rejected', code]));
        expect(accepted.map(({ messageId }) => messageId)).toEqual(results.flatMap(({ messageId }) => messageId ?? []));
        expect(new Set(accepted.map(({ messageId }) => messageId)).size).toBe(accepted.length);
      }),
    );
  });

  it('refuses a part of nothing', () => {
    fc.assert(fc.property(outcomes.filter((codes) => !codes.includes(undefined)), (codes) => refusalOf(judgedOf(codes), { failureMode: 'partial' })?.status === 422));
  });

  it('is refused with the code that comes first in the order of the contract, wherever it stands', () => {
    const codes = CODES.map((_code, i) => refusalOf(judgedOf(CODES.slice(i).reverse()))?.code);

    expect(codes).toEqual(CODES);
  });

  it('rejects a recipient with the first of its faults', () => {
    const { results } = decideOn([judgedWith(0), judgedWith(1, 'NO_ADDRESS', 'CONTEXT_INVALID')], { failureMode: 'partial' });

    expect(results[1]).toMatchObject({ messageId: null, error: { code: 'NO_ADDRESS' } });
  });

  it('says that a call has expired before it says what is wrong with its recipients', () => {
    expect(refusalOf([judgedWith(0, 'NO_ADDRESS')], { expiresAt: NOW.toISOString() })?.code).toBe('EXPIRED');
  });

  it('writes the expiry in UTC, whatever zone the call wrote it in', () => {
    expect(decideOn([judgedWith(0)], { expiresAt: '2026-01-01T03:00:00+02:00' }).expiresAt).toBe('2026-01-01T01:00:00.000Z');
  });
});

describe(answerOf.name, () => {
  it('says who made the call and when, and nothing of the decision that is not the caller’s', () => {
    const decision = decideOn([judgedWith(0)]);

    const answer = answerOf(decision, NOW, 'key');

    const time = NOW.toISOString();
    const { executionId, call: { requestId }, results: recipients } = decision;
    expect(answer).toEqual({ executionId, requestId, createdAt: time, createdBy: 'key', modifiedAt: time, modifiedBy: 'key', recipients });
  });
});
