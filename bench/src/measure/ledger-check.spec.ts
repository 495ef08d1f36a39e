import { describe, expect, it } from '@jest/globals';
import type { CallRecord } from '../load/generator.js';
import { checkLedger } from './ledger-check.js';

const call = (status: number, ...messageIds: string[]): CallRecord => ({ requestId: 'r', t0: 0, t1: 0, t2: 0, status, messageIds });

describe(checkLedger.name, () => {
  it('balances when each promised message was received once', () => {
    const result = checkLedger([call(202, 'a', 'b')], [{ at: 1, messageId: 'b' }, { at: 2, messageId: 'a' }]);

    expect(result).toMatchObject({ accepted: 2, received: 2, balanced: true });
  });

  it('names what was lost, doubled and never asked for', () => {
    const result = checkLedger([call(202, 'a', 'b')], [{ at: 1, messageId: 'b' }, { at: 2, messageId: 'b' }, { at: 3, messageId: 'x' }]);

    expect(result).toMatchObject({ lost: ['a'], doubled: ['b'], unasked: ['x'], balanced: false });
  });

  it('forgives a mail without a 202 only where an answer was lost', () => {
    const mails = [{ at: 1, messageId: 'x' }];

    expect(checkLedger([call(503)], mails).balanced).toBe(false);
    expect(checkLedger([call(0)], mails).balanced).toBe(true);
  });
});
