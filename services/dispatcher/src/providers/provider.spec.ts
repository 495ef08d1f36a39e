import { describe, expect, it } from '@jest/globals';
import { FakeClock, eventually } from '@postrider/testing';
import type { SendResult } from '../smtp/send-result.js';
import { Provider } from './provider.js';
import { Slots } from './slots.js';

const envelope = { from: 'a@shop.test', to: 'b@shop.test', content: () => '' };
const reply = (code: number) => ({ code, enhanced: null, text: '', lines: [] });
const SENT: SendResult = { kind: 'sent', reply: reply(250), ms: 1 };

describe(Provider.name, () => {
  it.each<[string, SendResult, boolean]>([
    ['nobody listens', { kind: 'not-handed-over', reason: 'ECONNREFUSED', isProviderDown: true }, true],
    ['sessions are dropped', { kind: 'not-handed-over', reason: 'reset', isProviderDown: false }, true],
    ['no answer follows a mail', { kind: 'unknown', reason: 'reset', ms: 1 }, true],
    ['it says that it closes', { kind: 'refused', reply: reply(421), stage: 'sender', ms: 1 }, true],
    ['it refuses a recipient', { kind: 'refused', reply: reply(550), stage: 'recipient', ms: 1 }, false],
    ['it puts a mail off', { kind: 'refused', reply: reply(451), stage: 'data', ms: 1 }, false],
  ])('is left alone for a while when %s three times: %#', async (_what, result, isLeftAlone) => {
    let sends = 0;
    const provider = new Provider({ send: async () => (sends++, result), close: () => undefined }, { maxConnections: 4, ratePerSecond: null }, new FakeClock());

    for (let i = 0; i < 5; i += 1) await provider.send(envelope);

    expect(sends).toBe(isLeftAlone ? 3 : 5);
  });

  it('lets few through after an outage, and twice as many with each that gets through', async () => {
    const clock = new FakeClock();
    let answer: SendResult = { kind: 'not-handed-over', reason: 'ECONNREFUSED', isProviderDown: true };
    const provider = new Provider({ send: async () => answer, close: () => undefined }, { maxConnections: 4, ratePerSecond: null }, clock);
    for (let i = 0; i < 3; i += 1) await provider.send(envelope);
    answer = SENT;
    clock.advance(1_000);

    const widths: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      await provider.send(envelope);
      const entered = await Promise.all(Array.from({ length: 6 }, () => provider.enter(1)));
      widths.push(entered.filter(Boolean).length);
      for (const isIn of entered) if (isIn) provider.leave();
    }

    expect(widths).toEqual([1, 2, 4]);
  });
});

describe(Slots.name, () => {
  it('gives places in order of arrival, to so many at a time', async () => {
    const slots = new Slots(() => 2);
    const order: number[] = [];
    for (let i = 0; i < 4; i += 1) void slots.enter(1_000).then(() => order.push(i));
    await eventually(() => expect(order).toEqual([0, 1]));

    slots.leave();
    slots.leave();

    await eventually(() => expect(order).toEqual([0, 1, 2, 3]));
  });

  it('turns away who waited in vain, and nobody behind is forgotten', async () => {
    const slots = new Slots(() => 1);
    await slots.enter(1_000);

    const impatient = await slots.enter(5);
    const patient = slots.enter(1_000);
    slots.leave();

    expect([impatient, await patient]).toEqual([false, true]);
  });
});
