import { describe, expect, it } from '@jest/globals';
import type { SendResult } from '../smtp/send-result.js';
import { aCampaign } from '../../test/builders.js';
import { abandonedOutcome, outcomeOf, type Tried } from './classify.js';
import { judge } from './eligibility.js';
import { nextTry } from './retry-schedule.js';

const now = new Date('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;

describe(judge.name, () => {
  const { campaign } = aCampaign(25);
  const ago = (ms: number): string => new Date(now.getTime() - ms).toISOString();
  const later = new Date(now.getTime() + 1).toISOString();

  it.each([
    ['one in time', {}, undefined],
    ['one that is too late', { expiresAt: now.toISOString() }, 'EXPIRED'],
    ['one of a stopped campaign, also when it is too late', { expiresAt: now.toISOString(), campaign: { ...campaign, status: 'Stopped' as const } }, 'CAMPAIGN_STOPPED'],
    ['one of a cancelled execution', { isCancelled: true }, 'EXECUTION_CANCELLED'],
    ['one of an ended campaign that was accepted before', { campaign: { ...campaign, status: 'Completed' as const } }, undefined],
    ['one with a rate inside of the sending window', { acceptedAt: ago(HOUR - 1), sendRatePerSecond: 5 }, undefined],
    ['one with a rate outside of the sending window', { acceptedAt: ago(HOUR), sendRatePerSecond: 5 }, 'SENDING_WINDOW_OVER'],
    ['one without a rate, to which the window is nothing', { acceptedAt: ago(2 * HOUR), sendRatePerSecond: null }, undefined],
    ['one of a suppressed address', { suppression: 'It does not exist.' }, 'SUPPRESSED'],
    ['one of a suppressed address that nobody was going to send to', { suppression: 'It does not exist.', isCancelled: true }, 'EXECUTION_CANCELLED'],
  ])('judges %s', (_what, more, code) => {
    expect(judge({ acceptedAt: now.toISOString(), expiresAt: later, campaign, ...more }, { now, sendingWindowMs: HOUR })?.code).toBe(code);
  });
});

describe(nextTry.name, () => {
  it('waits longer each time, spread by a tenth, and ends after 84 hours', () => {
    const delays = Array.from({ length: 10 }, (_, i) => (nextTry(i + 1, now, now, () => 0.5)?.getTime() ?? 0) - now.getTime());

    expect(delays.slice(0, 4)).toEqual([60_000, 300_000, 900_000, 1_800_000]);
    expect(delays[9]).toBe(8 * HOUR);
    expect(nextTry(1, now, now, () => 0)?.getTime()).toBe(now.getTime() + 54_000);
    expect(nextTry(12, now, new Date(now.getTime() + 80 * HOUR), () => 0.5)).toBeUndefined();
  });
});

describe(outcomeOf.name, () => {
  const tried: Tried = { messageId: 'm', attempts: 0, acceptedAt: now, policy: 'never-twice', payload: { a: 1 }, providerPauseMs: 4_000 };
  const reply = (code: number, enhanced: string | null = null) => ({ code, enhanced, text: 'text', lines: ['text'] });
  const refused = (code: number, enhanced: string | null, stage: 'recipient' | 'data' = 'recipient'): SendResult => ({ kind: 'refused', reply: reply(code, enhanced), stage, ms: 5 });

  it.each<[string, SendResult, object]>([
    ['a 250', { kind: 'sent', reply: reply(250), ms: 3 }, { state: 'sent', tries: 1, responseCode: 250, responseMs: 3 }],
    ['a 450', refused(450, '4.2.2'), { state: 'retrying', tries: 1, code: 'PROVIDER_DEFERRED', failure: { category: 'soft', code: '4.2.2' } }],
    ['a 550 for an address that does not exist', refused(550, '5.1.1'), { state: 'failed', tries: 1, suppresses: true, failure: { category: 'hard' } }],
    ['a 550 for another reason', refused(550, '5.7.1', 'data'), { state: 'failed', suppresses: false }],
    ['a refusal without an enhanced code', refused(554, null), { state: 'failed', failure: { code: '554' }, suppresses: false }],
    ['a provider that is away', { kind: 'not-handed-over', reason: 'ECONNREFUSED', isProviderDown: true }, { state: 'retrying', tries: 0, dueAt: new Date(now.getTime() + 4_000) }],
    ['silence after the last byte', { kind: 'unknown', reason: 'reset', ms: 9 }, { state: 'unknown', tries: 1, code: 'OUTCOME_UNKNOWN' }],
  ])('makes of %s what the ledger writes', (_what, result, expected) => {
    expect(outcomeOf(result, tried, now)).toMatchObject(expected);
  });

  it('tries again after silence where twice is better than never', () => {
    expect(outcomeOf({ kind: 'unknown', reason: 'reset', ms: 9 }, { ...tried, policy: 'never-lost' }, now)).toMatchObject({ state: 'retrying', payload: { a: 1 } });
    expect(abandonedOutcome(tried, now).state).toBe('unknown');
  });

  it('fails what was put off for 84 hours', () => {
    const long = { ...tried, attempts: 12, acceptedAt: new Date(now.getTime() - 83 * HOUR) };

    expect(outcomeOf(refused(450, '4.2.2'), long, now)).toMatchObject({ state: 'failed', code: 'RETRIES_EXHAUSTED' });
  });
});
