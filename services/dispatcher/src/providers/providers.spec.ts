import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@postrider/testing';
import { Faults } from '../faults/fault-points.js';
import { Breaker } from './breaker.js';
import { Pacer } from './pacer.js';

describe(Breaker.name, () => {
  it('opens after three failures, lets one try through after a pause, and doubles the pause with each failed one', () => {
    const clock = new FakeClock();
    const breaker = new Breaker(clock);
    for (let i = 0; i < 3; i += 1) breaker.failed();

    const closed = breaker.allows();
    clock.advance(500);
    const probes = [breaker.allows(), breaker.allows()];
    breaker.failed();
    const waits = breaker.waitMs;

    expect([closed, ...probes, waits]).toEqual([false, true, false, 1_000]);
  });

  it('closes at the first success', () => {
    const clock = new FakeClock();
    const breaker = new Breaker(clock);
    for (let i = 0; i < 3; i += 1) breaker.failed();
    clock.advance(500);
    breaker.allows();

    breaker.succeeded();

    expect([breaker.isOpen, breaker.allows(), breaker.allows()]).toEqual([false, true, true]);
  });
});

describe(Pacer.name, () => {
  it('spaces sends evenly, with no burst beyond a tenth of a second', async () => {
    const clock = new FakeClock();
    const waits: number[] = [];
    const pacer = new Pacer(100, clock, async (ms) => {
      waits.push(ms);
      clock.advance(ms);
    });
    clock.advance(10_000);

    for (let i = 0; i < 50; i += 1) await pacer.turn();

    expect(clock.monotonicMs() - 10_000).toBeCloseTo(390, 5);
    expect(waits.every((ms) => Math.abs(ms - 10) < 1e-6)).toBe(true);
  });
});

describe(Faults.name, () => {
  it('kills at the n-th visit of its own point, and never without one', () => {
    let kills = 0;
    const faults = new Faults('after-intent:2', () => (kills += 1));
    const none = new Faults(undefined, () => (kills += 10));

    for (const point of ['after-claim', 'after-intent'] as const) {
      faults.visit(point);
      none.visit(point);
    }
    const before = kills;
    faults.visit('after-intent');

    expect([before, kills]).toEqual([0, 1]);
  });
});
