import { describe, expect, it } from '@jest/globals';
import { Keeper } from './keeper.js';

const settle = () => new Promise((done) => setImmediate(done));

function aKeeper() {
  const state = { now: 0, isAlive: true, starts: 0, comesUp: true };
  const log: string[] = [];
  const keeper = new Keeper({ log: (text) => log.push(text), onRestart: () => undefined, now: () => state.now });
  keeper.add({
    name: 'dispatcher',
    isAlive: () => state.isAlive,
    restart: async () => {
      state.starts += 1;
      state.isAlive = state.comesUp;
    },
  });
  const pass = async (ms: number): Promise<void> => {
    state.now += ms;
    keeper.look();
    await settle();
  };
  return { state, log, pass };
}

describe(Keeper.name, () => {
  it('leaves alone what runs', async () => {
    const { state, pass } = aKeeper();

    await pass(10_000);

    expect(state.starts).toBe(0);
  });

  it('starts again what ended, after half a second', async () => {
    const { state, pass } = aKeeper();
    state.isAlive = false;

    await pass(0);
    await pass(499);
    const early = state.starts;
    await pass(1);

    expect([early, state.starts, state.isAlive]).toEqual([0, 1, true]);
  });

  it('waits twice as long each time, up to half a minute', async () => {
    const { state, log, pass } = aKeeper();
    state.comesUp = false;
    state.isAlive = false;

    for (let i = 0; i < 9; i += 1) {
      await pass(0);
      await pass(30_000);
    }

    const delays = log.flatMap((line) => /in ([\d.]+) s/.exec(line)?.[1] ?? []);
    expect(delays.map(Number)).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('begins with the short delay again after a stable minute', async () => {
    const { state, log, pass } = aKeeper();
    for (let i = 0; i < 2; i += 1) {
      state.isAlive = false;
      await pass(0);
      await pass(5_000);
    }

    await pass(61_000);
    state.isAlive = false;
    await pass(0);

    expect(log.filter((line) => line.includes('in 0.5 s')).length).toBe(2);
  });
});
