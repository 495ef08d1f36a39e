import { describe, expect, it } from '@jest/globals';
import { DependencyUnavailable } from '@postrider/runtime';
import { FakeClock } from '@postrider/testing';
import type { AudienceCallService } from '../audiences/audience-call.service.js';
import type { CallService } from '../calls/call.service.js';
import { CallRefused } from '../calls/calls.errors.js';
import type { ExecutionStore } from '../intake/execution-store.js';
import { DueCalls, type LatePolicy } from './due-calls.js';
import type { DueSchedule } from './schedule-statements.js';

interface Setting {
  policy?: LatePolicy;
  isStored?: boolean;
  fail?: Error;
}

const CREATED_AT = '2025-12-31T23:59:59.000Z';

function setUp({ policy = { late: 'expire', lateAfterMs: 1_000 }, isStored = false, fail }: Setting = {}) {
  const carriedOut: unknown[][] = [];
  const service = (kind: string) => ({
    carryOut: async (...order: unknown[]) => {
      carriedOut.push([kind, ...order]);
      if (fail) throw fail;
      return { answer: { createdAt: CREATED_AT }, isReplay: false };
    },
  });
  const store = { find: async () => (isStored ? {} : undefined) } as unknown as ExecutionStore;
  const calls = new DueCalls(service('named') as unknown as CallService, service('audience') as unknown as AudienceCallService, store, policy, new FakeClock());
  return { calls, carriedOut };
}

const due = (overrides: Partial<DueSchedule> = {}): DueSchedule => ({ kind: 'unitary', body: { requestId: 'r' }, tenantId: 'acme/prod', createdBy: 'key', lateMs: 0, ...overrides }) as DueSchedule;

describe(DueCalls.name, () => {
  it.each([
    ['unitary', ['named', { requestId: 'r' }, 'standard']],
    ['highthroughput', ['named', { requestId: 'r' }, 'high']],
    ['audience', ['audience', { requestId: 'r' }]],
  ] as const)('carries a call of the kind %s out for whom made it, under its lease', async (kind, [which, ...rest]) => {
    const { calls, carriedOut } = setUp();

    const settlement = await calls.carryOut(due({ kind }), 'lease');

    expect(carriedOut).toEqual([[which, { caller: { tenantId: 'acme/prod', keyId: 'key' }, leaseToken: 'lease' }, ...rest]]);
    expect(settlement).toEqual({ status: 'Triggered', code: null, detail: null, triggeredAt: CREATED_AT });
  });

  it.each([
    ['expire', 1_001, false, 'Missed'],
    ['expire', 1_000, false, 'Triggered'],
    ['expire', 1_001, true, 'Triggered'],
    ['fire', 86_400_000, false, 'Triggered'],
  ] as const)('with the policy %s, %d ms late, stored before: %s, is %s', async (late, lateMs, isStored, status) => {
    const { calls, carriedOut } = setUp({ policy: { late, lateAfterMs: 1_000 }, isStored });

    expect((await calls.carryOut(due({ lateMs }), 'lease')).status).toBe(status);
    expect(carriedOut).toHaveLength(status === 'Missed' ? 0 : 1);
  });

  it('says why a call is refused', async () => {
    const { calls } = setUp({ fail: new CallRefused('CAMPAIGN_ENDED', 'The campaign has ended.') });

    expect(await calls.carryOut(due(), 'lease')).toMatchObject({ status: 'Refused', code: 'CAMPAIGN_ENDED', detail: 'The campaign has ended.' });
  });

  it.each([new DependencyUnavailable('kafka'), new TypeError('a fault of ours')])('settles nothing after %s', async (fail) => {
    await expect(setUp({ fail }).calls.carryOut(due(), 'lease')).rejects.toBe(fail);
  });
});
