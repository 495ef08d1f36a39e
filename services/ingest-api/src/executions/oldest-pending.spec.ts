import { describe, expect, it } from '@jest/globals';
import type { Sql } from '@postrider/database';
import { FakeClock } from '@postrider/testing';
import { OldestPending } from './oldest-pending.js';

/** A table of executions that are pending, by when they were accepted; keeps where each question began. */
function over(pending: Date[], clock: FakeClock) {
  const asked: Date[] = [];
  const query = async (_statement: string, [since]: [Date]) => {
    asked.push(since);
    const found = pending.filter((one) => one > since).sort((a, b) => a.getTime() - b.getTime());
    return found.slice(0, 1).map((createdAt) => ({ createdAt }));
  };
  return { oldest: new OldestPending({ query } as unknown as Sql, clock), asked };
}

describe(OldestPending.name, () => {
  it('is the age of the oldest that waits, and 0 when none does', async () => {
    const clock = new FakeClock();
    const pending = [clock.now()];
    const { oldest } = over(pending, clock);
    clock.advance(7_000);

    const waiting = await oldest.seconds('transactional');
    pending.pop();

    expect([waiting, await oldest.seconds('transactional')]).toEqual([7, 0]);
  });

  it('begins where it was, a little earlier for those that became visible late', async () => {
    const clock = new FakeClock();
    const pending: Date[] = [];
    const { oldest, asked } = over(pending, clock);

    await oldest.seconds('transactional');
    clock.advance(60_000);
    await oldest.seconds('transactional');
    pending.push(new Date(clock.now().getTime() - 8_000));
    const late = await oldest.seconds('transactional');

    expect(asked[1]?.getTime()).toBe(clock.now().getTime() - 70_000);
    expect(late).toBe(8);
  });

  it('leaves out what has been waiting for more than an hour', async () => {
    const clock = new FakeClock();
    const { oldest } = over([clock.now()], clock);
    clock.advance(3_601_000);

    expect(await oldest.seconds('transactional')).toBe(0);
  });
});
