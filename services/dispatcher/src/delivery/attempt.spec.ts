import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Sql } from '@postrider/database';
import { DependencyUnavailable } from '@postrider/runtime';
import { FakeClock } from '@postrider/testing';
import { Attempt } from './attempt.js';

const LEASE_MS = 3_000;

describe(Attempt.name, () => {
  /** What the ledger answers to an extension: whether the row is there; or that it does not answer. */
  let ledger: 'has it' | 'has it not' | 'is away';
  let clock: FakeClock;
  let attempt: Attempt;

  beforeEach(() => {
    jest.useFakeTimers();
    clock = new FakeClock();
    ledger = 'has it';
    const query = () => (ledger === 'is away' ? Promise.reject(new DependencyUnavailable('postgres', new Error('gone'))) : Promise.resolve(ledger === 'has it' ? [{}] : []));
    attempt = new Attempt({ query } as unknown as Sql, clock, LEASE_MS);
    attempt.begin();
    attempt.begun();
  });

  afterEach(() => {
    attempt.end();
    jest.useRealTimers();
  });

  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await jest.advanceTimersByTimeAsync(ms);
  };

  it('holds as long as the ledger extends its lease', async () => {
    for (let i = 0; i < 20; i += 1) await pass(1_000);

    expect(await attempt.holds()).toBe(true);
  });

  it('holds to the end of its lease when the ledger is away, and no longer', async () => {
    ledger = 'is away';

    await pass(LEASE_MS - 1);
    const before = await attempt.holds();
    await pass(1);

    expect([before, await attempt.holds()]).toEqual([true, false]);
  });

  it('is lost for good once it was taken over', async () => {
    await pass(1_000);
    ledger = 'has it not';
    await pass(1_000);
    ledger = 'has it';

    expect(await attempt.holds()).toBe(false);
  });

  it('asks the ledger after a sleep beyond its lease, before anything is sent', async () => {
    clock.advance(LEASE_MS * 10);
    const awake = await attempt.holds();
    clock.advance(LEASE_MS * 10);
    ledger = 'has it not';

    expect([awake, await attempt.holds()]).toEqual([true, false]);
  });

  it('counts from the last try to write its intent, and is not lost because that took long', async () => {
    const late = new Attempt({ query: async () => [{}] } as unknown as Sql, clock, LEASE_MS);
    late.begin();
    await pass(LEASE_MS * 10);

    const mark = late.begin();
    late.begun();
    await pass(LEASE_MS / 6);
    late.end();

    expect(mark.now.getTime()).toBe(clock.now().getTime() - LEASE_MS / 6);
    expect(await late.holds()).toBe(true);
  });
});
