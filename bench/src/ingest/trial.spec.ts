import { describe, expect, it } from '@jest/globals';
import type { CallRecord } from '../load/generator.js';
import { isIngestHeld, trialOf } from './trial.js';

const plan = { name: 'trial', offeredPerSecond: 20, seconds: 3, recipientsPerCall: 2 };
const GAP = 100_000;

const calls = (waitOf: (i: number) => number, statusOf: (i: number) => number = () => 202): CallRecord[] =>
  Array.from({ length: 30 }, (_, i) => {
    const status = statusOf(i);
    return { requestId: `r${i}`, t0: i * GAP, t1: i * GAP, t2: i * GAP + waitOf(i), status, ...(status === 202 && { messageIds: [`a${i}`, `b${i}`] }) };
  });

describe(trialOf.name, () => {
  it('counts recipients with a 202 over the time of the offer', () => {
    const trial = trialOf(plan, calls(() => 5_000));

    expect(trial).toMatchObject({ accepted: 60, acceptedPerSecond: 20, refused: 0, growthMillis: 0, accept: { p99: 5 } });
    expect(isIngestHeld(trial)).toBe(true);
  });

  it('does not hold a rate at which calls wait longer and longer', () => {
    const trial = trialOf(plan, calls((i) => 5_000 + i * 4_000));

    expect(trial.growthMillis).toBe(80);
    expect(isIngestHeld(trial)).toBe(false);
  });

  it('does not hold a rate at which one call is refused', () => {
    const trial = trialOf(plan, calls(() => 5_000, (i) => (i === 7 ? 429 : 202)));

    expect(trial).toMatchObject({ accepted: 58, refused: 1 });
    expect(isIngestHeld(trial)).toBe(false);
  });

  it('does not count as held what is answered long after the offer', () => {
    const trial = trialOf(plan, calls((i) => (i > 25 ? 2_000_000 : 5_000)));

    expect(trial).toMatchObject({ unansweredAtEnd: 8, acceptedPerSecond: 17 });
    expect(isIngestHeld(trial)).toBe(false);
  });
});
