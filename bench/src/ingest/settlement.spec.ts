import { describe, expect, it } from '@jest/globals';
import type { ExecutionTotals } from '@postrider/contracts';
import type { CallRecord } from '../load/generator.js';
import { settled, settlementOf } from './settlement.js';

const call = (executionId: string, ...messageIds: string[]): CallRecord => ({ requestId: 'r', t0: 0, t1: 0, t2: 0, status: 202, executionId, messageIds });
const lost: CallRecord = { requestId: 'r', t0: 0, t1: 0, t2: 0, status: 0 };
const totals = (some: Partial<ExecutionTotals>): ExecutionTotals =>
  ({ targeted: 2, sent: 0, failed: 0, excluded: 0, expired: 0, cancelled: 0, unknown: 0, pending: 0, ...some });
const mails = (...messageIds: string[]) => messageIds.map((messageId) => ({ at: 0, messageId }));

describe(settled.name, () => {
  it('asks for an execution until nothing of it is pending', async () => {
    const answers = [totals({ pending: 2 }), totals({ pending: 1, sent: 1 }), totals({ cancelled: 1, sent: 1 })];

    const result = await settled(['a'], async () => answers.shift() as ExecutionTotals, 10_000);

    expect([...result]).toEqual([['a', totals({ cancelled: 1, sent: 1 })]]);
  });

  it('asks once for each of many when the time is over', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `e${i}`);
    const asked: string[] = [];

    const result = await settled(ids, async (id) => {
      asked.push(id);
      return totals({ pending: 2 });
    }, 0);

    expect(asked.toSorted()).toEqual(ids.toSorted());
    expect(result.get('e49')).toEqual(totals({ pending: 2 }));
  });
});

describe(settlementOf.name, () => {
  it('balances when all has ended, adds up, and the sink has what was sent', () => {
    const ended = new Map([['a', totals({ sent: 1, cancelled: 1 })], ['b', totals({ unknown: 1, failed: 1 })]]);

    expect(settlementOf([call('a', 'a1', 'a2'), call('b', 'b1', 'b2')], ended, mails('a2', 'b1'))).toMatchObject({ accepted: 4, mails: 2, cancelled: 1, balanced: true });
    expect(settlementOf([call('a', 'a1', 'a2'), call('b', 'b1', 'b2')], ended, mails('a2'))).toMatchObject({ balanced: true });
  });

  it.each([
    ['unsettled', totals({ pending: 1, cancelled: 1 }), []],
    ['uneven', totals({ cancelled: 1 }), []],
    ['uneven', totals({ targeted: 1, cancelled: 1 }), []],
    ['contradicted', totals({ sent: 1, cancelled: 1 }), []],
    ['contradicted', totals({ cancelled: 2 }), ['a1']],
    ['doubled', totals({ sent: 1, cancelled: 1 }), ['a1', 'a1']],
  ] as const)('does not balance when something is %s', (fault, ofA, came) => {
    const result = settlementOf([call('a', 'a1', 'a2')], new Map([['a', ofA]]), mails(...came));

    expect(result[fault]).toHaveLength(1);
    expect(result.balanced).toBe(false);
  });

  it('does not balance without an answer about what was accepted', () => {
    expect(settlementOf([call('a', 'a1')], new Map(), [])).toMatchObject({ unsettled: ['a'], balanced: false });
  });

  it('forgives a mail without a 202 only where an answer was lost', () => {
    expect(settlementOf([], new Map(), mails('x'))).toMatchObject({ unasked: 1, balanced: false });
    expect(settlementOf([lost], new Map(), mails('x'))).toMatchObject({ unasked: 1, balanced: true });
  });
});
